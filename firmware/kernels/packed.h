/* The packed product of int8 rows, two rows in one halfword: README.md explains it, and when it
 * is exact. A vector is widened once, to twice the distance from its zero point, and then
 * multiplied with rows four at a time; every sum is doubled too.
 *
 * Halfwords go in the order of columns 0 2 1 3, as SXTB16 takes bytes out of words.
 */
#ifndef HB_PACKED_H
#define HB_PACKED_H

#include <stdint.h>

#include "fixed_point.h"
#include "packed_columns.h"

/* x[c'] = 2 * (in[c] - zero_point), and 0 beyond the columns */
static inline void packed_widen(const int8_t *in, int32_t columns, int32_t zero_point, int16_t *x)
{
    const int32_t zero = 2 * zero_point;
    int32_t left = packed_columns(columns);
    for (; columns >= 4; columns -= 4, left -= 4, in += 4, x += 4) {
        const int32_t i0 = in[0], i1 = in[1], i2 = in[2], i3 = in[3];
        x[0] = (int16_t)(2 * i0 - zero), x[1] = (int16_t)(2 * i2 - zero);
        x[2] = (int16_t)(2 * i1 - zero), x[3] = (int16_t)(2 * i3 - zero);
    }
    for (int32_t c = 0; c < left; c++)
        x[c] = 0;
    for (int32_t c = 0; c < columns; c++)
        x[c == 1 ? 2 : c >> 1] = (int16_t)(2 * in[c] - zero);
}

/* Two of the products that packed_pair() adds up. The first byte of a halfword is the low one. */
#define PACKED_PRODUCT(pair, x, low, both)                                                         \
    ((low) += (uint32_t)(*(const int8_t *)(pair) * (x)), (both) += (uint32_t)(*(pair) * (x)))

/* One pair of rows; sums are added to. */
static inline void packed_pair(const int16_t *pairs, const int16_t *x, int32_t columns,
                               int32_t *first, int32_t *second)
{
    uint32_t low = 0, both = 0; /* modulo 2^32 */
    for (int32_t c = 0; c < columns; c++)
        PACKED_PRODUCT(pairs + c, x[c], low, both);
    *first += (int32_t)low;
    *second += (int32_t)(both - low) >> 8;
}

/* sums[k] += the k-th of two rows times x, doubled; columns as packed_columns() gives them.
 * Returns the rows behind. */
static inline const int16_t *packed_2(const int16_t *rows, const int16_t *x, int32_t columns,
                                      int32_t sums[2])
{
    packed_pair(rows, x, columns, &sums[0], &sums[1]);
    return rows + columns;
}

#endif
