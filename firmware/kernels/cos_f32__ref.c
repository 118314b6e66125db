#include "unary.h"

#include "circular_f32.h"

void cos_f32(const struct cos_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i];
        out[i] = cos_of(x);
    }
}
