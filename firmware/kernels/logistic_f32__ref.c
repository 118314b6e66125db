#include "logistic.h"

#include "sigmoid_f32.h"

void logistic_f32(const struct logistic_f32_params *restrict p, const float *in, float *out)
{
    int32_t i = 0;
    for (; i + SIDE_BY_SIDE <= p->count; i += SIDE_BY_SIDE)
        logistics_of(in + i, out + i);
    for (; i < p->count; i++)
        out[i] = logistic_of(in[i]);
}
