#include "logistic.h"

#include "sigmoid_f32.h"

void logistic_f32(const struct logistic_f32_params *restrict p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = logistic_of(in[i]);
}
