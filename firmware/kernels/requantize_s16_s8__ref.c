#include "fixed_point.h"
#include "quantize.h"

void requantize_s16_s8(const struct requantize_s16_s8_params *restrict p, const int16_t *in,
                       int8_t *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t y = rescale(in[i], p->multiplier, p->shift) + p->zero_point;
        out[i] = (int8_t)clamp(y, INT8_MIN, INT8_MAX);
    }
}
