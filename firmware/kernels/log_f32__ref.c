#include "unary.h"

#include "functions_f32.h"

void log_f32(const struct log_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        out[i] = log_of(in[i]);
    }
}
