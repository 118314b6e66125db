#include "unary.h"

void sign_f32(const struct sign_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i];
        out[i] = x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x; /* zeros and what is no number stay */
    }
}
