#include "unary.h"

void neg_f32(const struct neg_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i];
        out[i] = -x;
    }
}
