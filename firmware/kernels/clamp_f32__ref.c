#include "clamp.h"

void clamp_f32(const struct clamp_f32_params *restrict p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float above = in[i] < p->min ? p->min : in[i];
        out[i] = above > p->max ? p->max : above;
    }
}
