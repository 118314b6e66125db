#include "unary.h"

#include "square_root_f32.h"

void sqrt_f32(const struct sqrt_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i];
        out[i] = square_root_of(x);
    }
}
