#include "unary.h"

void hard_swish_f32(const struct hard_swish_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i], y = x + 3.0f;
        out[i] = x * (y < 0.0f ? 0.0f : y > 6.0f ? 6.0f : y) / 6.0f;
    }
}
