/* Dot products of float rows with one float vector; the sums run in the order of the columns. */
#ifndef HB_DOT_F32_H
#define HB_DOT_F32_H

#include <stdint.h>

static inline float dot_f32(const float *restrict row, const float *restrict in, int32_t columns)
{
    float sum = 0.0f;
    for (int32_t c = 0; c < columns; c++)
        sum += in[c] * row[c];
    return sum;
}

/* Two rows. */
static inline void dot_2_f32(const float *restrict rows, const float *restrict in, int32_t columns,
                             float sums[2])
{
    sums[0] = dot_f32(rows, in, columns);
    sums[1] = dot_f32(rows + columns, in, columns);
}

/* Four rows at a time: an input is loaded once for four multiplications. */
static inline void dot_4_f32(const float *restrict rows, const float *restrict in, int32_t columns,
                             float sums[4])
{
    const float *restrict row1 = rows + columns;
    const float *restrict row2 = row1 + columns;
    const float *restrict row3 = row2 + columns;
    float sum0 = 0.0f, sum1 = 0.0f, sum2 = 0.0f, sum3 = 0.0f;
    for (int32_t c = 0; c < columns; c++) {
        const float x = in[c];
        sum0 += x * rows[c];
        sum1 += x * row1[c];
        sum2 += x * row2[c];
        sum3 += x * row3[c];
    }
    sums[0] = sum0, sums[1] = sum1, sums[2] = sum2, sums[3] = sum3;
}

#endif
