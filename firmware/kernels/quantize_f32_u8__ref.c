#include "quantize.h"

#include "round_away.h"

void quantize_f32_u8(const struct quantize_f32_u8_params *restrict p, const float *in, uint8_t *out)
{
    const float min = (float)(0 - p->zero_point);
    const float max = (float)(UINT8_MAX - p->zero_point);
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i] / p->scale;
        const float above = x > min ? x : min; /* also for NaN */
        const float inside = above > max ? max : above;
        out[i] = (uint8_t)(round_away(inside) + p->zero_point);
    }
}
