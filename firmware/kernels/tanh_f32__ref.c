#include "tanh.h"

#include "sigmoid_f32.h"

void tanh_f32(const struct tanh_f32_params *restrict p, const float *in, float *out)
{
    int32_t i = 0;
    for (; i + SIDE_BY_SIDE <= p->count; i += SIDE_BY_SIDE)
        tanhs_of(in + i, out + i);
    for (; i < p->count; i++)
        out[i] = tanh_of(in[i]);
}
