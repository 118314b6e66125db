#include "quantize.h"

void dequantize_s16_f32(const struct dequantize_s16_f32_params *restrict p, const int16_t *in,
                        float *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = p->scale * in[i];
}
