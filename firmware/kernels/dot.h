/* Dot products of int8 rows with one int8 vector, four rows at a time: an input is loaded
 * once for four multiplications. Sums of up to 131,072 products fit in int32.
 */
#ifndef HB_DOT_H
#define HB_DOT_H

#include <stdint.h>

static inline int32_t dot(const int8_t *restrict row, const int8_t *restrict in, int32_t columns)
{
    int32_t sum = 0;
    for (int32_t c = 0; c < columns; c++)
        sum += in[c] * row[c];
    return sum;
}

/* sums[k] = dot(rows + k * columns, in) */
static inline void dot_4(const int8_t *restrict rows, const int8_t *restrict in, int32_t columns,
                         int32_t sums[4])
{
    const int8_t *restrict row1 = rows + columns;
    const int8_t *restrict row2 = row1 + columns;
    const int8_t *restrict row3 = row2 + columns;
    int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    for (int32_t c = 0; c < columns; c++) {
        const int32_t x = in[c];
        sum0 += x * rows[c];
        sum1 += x * row1[c];
        sum2 += x * row2[c];
        sum3 += x * row3[c];
    }
    sums[0] = sum0, sums[1] = sum1, sums[2] = sum2, sums[3] = sum3;
}

/* products[k] = dot product of in and the k-th row, 0 <= k < n */
static inline void dot_rows(const int8_t *rows, const int8_t *in, int32_t columns, int32_t n,
                            int32_t *products)
{
    int32_t k = 0;
    for (; k + 4 <= n; k += 4, rows += 4 * columns)
        dot_4(rows, in, columns, products + k);
    for (; k < n; k++, rows += columns)
        products[k] = dot(rows, in, columns);
}

#endif
