#include "dot_f32.h"
#include "fully_connected.h"

static float finish(const struct fully_connected_f32_params *restrict p, float dot_product,
                    int32_t r)
{
    const float y = p->bias ? dot_product + p->bias[r] : dot_product;
    const float above = y < p->min ? p->min : y;
    return above > p->max ? p->max : above;
}

void fully_connected_f32(const struct fully_connected_f32_params *restrict p, const float *in,
                         float *out)
{
    for (int32_t b = 0; b < p->batches; b++, in += p->columns, out += p->rows) {
        const float *row = p->weights;
        int32_t r = 0;
        for (; r + 4 <= p->rows; r += 4, row += 4 * p->columns) {
            float sums[4];
            dot_4_f32(row, in, p->columns, sums);
            for (int32_t k = 0; k < 4; k++)
                out[r + k] = finish(p, sums[k], r + k);
        }
        for (; r < p->rows; r++, row += p->columns)
            out[r] = finish(p, dot_f32(row, in, p->columns), r);
    }
}
