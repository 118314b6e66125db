#include "unary.h"

#include "circular_f32.h"

void sin_f32(const struct sin_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i];
        out[i] = sin_of(x);
    }
}
