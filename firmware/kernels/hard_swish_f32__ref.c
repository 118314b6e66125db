#include "unary.h"

#include <math.h>

void hard_swish_f32(const struct hard_swish_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i];
        out[i] = x * fminf(fmaxf(x + 3.0f, 0.0f), 6.0f) / 6.0f;
    }
}
