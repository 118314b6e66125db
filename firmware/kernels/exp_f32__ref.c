#include "unary.h"

#include "functions_f32.h"

void exp_f32(const struct exp_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        out[i] = exp_of(in[i]);
    }
}
