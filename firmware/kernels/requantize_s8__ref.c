#include "quantize.h"

#include "fixed_point.h"

void requantize_s8(const struct requantize_s8_params *restrict p, const int8_t *in, int8_t *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t x = in[i] - p->input_zero_point;
        const int32_t y = rescale(x, p->multiplier, p->shift) + p->output_zero_point;
        out[i] = (int8_t)clamp(y, p->min, p->max);
    }
}
