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

enum { PACKED_COLUMNS = 4, PACKED_LEAST_COLUMNS = 16 };

/* To so many columns rows of weights are filled up with zeros. */
static inline int32_t packed_columns(int32_t columns)
{
    const int32_t full = (columns + PACKED_COLUMNS - 1) & -PACKED_COLUMNS;
    return full < PACKED_LEAST_COLUMNS ? PACKED_LEAST_COLUMNS : full;
}

/* x[c'] = 2 * (in[c] - zero_point), and 0 beyond the columns */
static inline void packed_widen(const int8_t *in, int32_t columns, int32_t zero_point, int16_t *x)
{
    static const int8_t order[PACKED_COLUMNS] = {0, 2, 1, 3};
    for (int32_t c = 0; c < packed_columns(columns); c++) {
        const int32_t from = (c & -PACKED_COLUMNS) + order[c % PACKED_COLUMNS];
        x[c] = (int16_t)(from < columns ? 2 * (in[from] - zero_point) : 0);
    }
}

/* One pair of rows, of which the words lie `step` words apart; sums are added to. */
static inline void packed_pair(const int16_t *pairs, int32_t step, const int16_t *x,
                               int32_t columns, int32_t *first, int32_t *second)
{
    uint32_t low = 0, both = 0; /* modulo 2^32 */
    for (int32_t c = 0; c < columns; c += 2, pairs += 2 * step)
        for (int32_t k = 0; k < 2; k++) {
            low += (uint32_t)((int8_t)(uint8_t)(pairs[k] & 0xff) * x[c + k]);
            both += (uint32_t)(pairs[k] * x[c + k]);
        }
    *first += (int32_t)low;
    *second += (int32_t)(both - low) >> 8;
}

/* sums[k] += the k-th of two rows times x, doubled; columns as packed_columns() gives them.
 * Returns the rows behind. */
static inline const int16_t *packed_2(const int16_t *rows, const int16_t *x, int32_t columns,
                                      int32_t sums[2])
{
    packed_pair(rows, 1, x, columns, &sums[0], &sums[1]);
    return rows + columns;
}

/* The same of four rows. */
static inline const int16_t *packed_4(const int16_t *rows, const int16_t *x, int32_t columns,
                                      int32_t sums[4])
{
    packed_pair(rows, 2, x, columns, &sums[0], &sums[1]);
    packed_pair(rows + 2, 2, x, columns, &sums[2], &sums[3]);
    return rows + 2 * columns;
}

#endif
