/* Eight rows of float weights times a vector.
 *
 * Rows lie in blocks of eight, column by column: an input is loaded once for eight products, and
 * the weights of both are neighbours. Rows behind the last whole eight lie as they are.
 */
#ifndef HB_ROWS_F32_H
#define HB_ROWS_F32_H

#include <stdint.h>

enum { ROWS_F32 = 8 };

/* sums[k] = begin[k] + row k times x, a sum of its own, column after column: the order of TFLM.
 * Returns the rows behind. `sums` may be where `begin` is. */
static inline const float *eight_rows(const float *rows, const float *x, int32_t columns,
                                      const float *begin, float *sums)
{
    float sum[ROWS_F32] = {0};
    for (int32_t c = 0; c < columns; c++, rows += ROWS_F32)
        for (int32_t k = 0; k < ROWS_F32; k++)
            sum[k] += rows[k] * x[c];
    for (int32_t k = 0; k < ROWS_F32; k++)
        sums[k] = begin[k] + sum[k];
    return rows;
}

#endif
