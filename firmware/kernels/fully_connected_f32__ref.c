#include "fully_connected.h"

static float finish(const struct fully_connected_f32_params *restrict p, float dot_product,
                    int32_t r)
{
    const float y = p->bias ? dot_product + p->bias[r] : dot_product;
    const float above = y < p->min ? p->min : y;
    return above > p->max ? p->max : above;
}

static float dot(const float *restrict row, const float *restrict in, int32_t columns)
{
    float sum = 0.0f;
    for (int32_t c = 0; c < columns; c++)
        sum += in[c] * row[c];
    return sum;
}

/* Four rows at a time: an input is loaded once for four multiplications. */
static void dot_4(const float *restrict rows, const float *restrict in, int32_t columns,
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

void fully_connected_f32(const struct fully_connected_f32_params *restrict p, const float *in,
                         float *out)
{
    for (int32_t b = 0; b < p->batches; b++, in += p->columns, out += p->rows) {
        const float *row = p->weights;
        int32_t r = 0;
        for (; r + 4 <= p->rows; r += 4, row += 4 * p->columns) {
            float sums[4];
            dot_4(row, in, p->columns, sums);
            for (int32_t k = 0; k < 4; k++)
                out[r + k] = finish(p, sums[k], r + k);
        }
        for (; r < p->rows; r++, row += p->columns)
            out[r] = finish(p, dot(row, in, p->columns), r);
    }
}
