#include "fixed_point.h"
#include "quantize.h"

void requantize_s16(const struct requantize_s16_params *restrict p, const int16_t *in,
                    int16_t *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t y = rescale(in[i], p->multiplier, p->shift);
        out[i] = (int16_t)clamp(y, INT16_MIN, INT16_MAX);
    }
}
