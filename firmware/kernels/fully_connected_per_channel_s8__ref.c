#include "fully_connected.h"

#include "dot.h"
#include "fixed_point.h"

static int8_t finish(const struct fully_connected_per_channel_s8_params *restrict p,
                     int32_t dot_product, int32_t r)
{
    const uint32_t bias = p->bias ? (uint32_t)p->bias[r] : 0;
    const uint32_t zero = (uint32_t)p->row_sums[r] * (uint32_t)p->input_zero_point;
    const int32_t sum = (int32_t)((uint32_t)dot_product + bias - zero);
    const int32_t y = rescale(sum, p->multipliers[r], p->shifts[r]) + p->output_zero_point;
    return (int8_t)clamp(y, p->min, p->max);
}

void fully_connected_per_channel_s8(const struct fully_connected_per_channel_s8_params *restrict p,
                                    const int8_t *in, int8_t *out)
{
    for (int32_t b = 0; b < p->batches; b++, in += p->columns, out += p->rows) {
        const int8_t *row = p->weights;
        int32_t r = 0;
        for (; r + 4 <= p->rows; r += 4, row += 4 * p->columns) {
            int32_t sums[4];
            dot_4(row, in, p->columns, sums);
            for (int32_t k = 0; k < 4; k++)
                out[r + k] = finish(p, sums[k], r + k);
        }
        for (; r < p->rows; r++, row += p->columns)
            out[r] = finish(p, dot(row, in, p->columns), r);
    }
}
