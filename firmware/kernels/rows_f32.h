/* Eight rows of float weights times a vector.
 *
 * Rows lie in blocks of eight, column by column: an input is loaded once for eight products, and
 * the weights of both are neighbours. Rows behind the last whole eight lie as they are.
 */
#ifndef HB_ROWS_F32_H
#define HB_ROWS_F32_H

#include <stdbool.h>
#include <stdint.h>

#include "bits_f32.h"

enum { ROWS_F32 = 8 };

/* sums[k] = begin[k] + row k times x, a sum of its own, column after column: the order of TFLM.
 * Returns the rows behind. `sums` may be where `begin` is. All sums are finite if `finite` says so,
 * which it does unless the sum of all is not. */
static inline const float *eight_rows(const float *rows, const float *x, int32_t columns,
                                      const float *begin, float *sums, bool *finite)
{
    float sum[ROWS_F32] = {0};
    for (int32_t c = 0; c < columns; c++, rows += ROWS_F32)
        for (int32_t k = 0; k < ROWS_F32; k++)
            sum[k] += rows[k] * x[c];
    for (int32_t k = 0; k < ROWS_F32; k++)
        sums[k] = begin[k] + sum[k];
    const float of_all = ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
                         ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    *finite = bits_of(of_all) << 1 < 0xff000000u; /* its exponent is below the greatest */
    return rows;
}

/* The same of two vectors, for which a weight is loaded once. */
static inline const float *eight_rows_of_two(const float *rows, const float *x, const float *x2,
                                             int32_t columns, const float *begin, float *sums,
                                             float *sums2, bool *finite)
{
    bool second;
    eight_rows(rows, x2, columns, begin, sums2, &second);
    rows = eight_rows(rows, x, columns, begin, sums, finite);
    *finite = *finite && second;
    return rows;
}

#endif
