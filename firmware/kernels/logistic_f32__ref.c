#include "logistic.h"

#include <math.h>

void logistic_f32(const struct logistic_f32_params *restrict p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float e = expf(-fabsf(in[i])); /* cannot overflow */
        out[i] = (in[i] < 0.0f ? e : 1.0f) / (1.0f + e);
    }
}
