#include "tanh.h"

#include "functions_f32.h"

void tanh_f32(const struct tanh_f32_params *restrict p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = precise_tanh_of(in[i]);
}
