#include "unary.h"

void leaky_relu_f32(const struct leaky_relu_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = in[i] < 0.0f ? in[i] * p->alpha : in[i];
}
