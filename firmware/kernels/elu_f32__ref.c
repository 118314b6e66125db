#include "unary.h"

#include "functions_f32.h"

void elu_f32(const struct elu_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i];
        out[i] = x < 0.0f ? expm1_of(x) : x;
    }
}
