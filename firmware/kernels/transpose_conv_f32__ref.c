#include "transpose_conv.h"

#define OPERATOR transpose_conv_f32
#define TYPE float
#define SUM float

static inline float product(const struct transpose_conv_f32_params *p, float x, float weight)
{
    (void)p;
    return x * weight;
}

static inline float result(const struct transpose_conv_f32_params *p, float sum, int32_t channel)
{
    const float y = p->bias ? sum + p->bias[channel] : sum;
    const float above = y < p->min ? p->min : y;
    return above > p->max ? p->max : above;
}

#include "transpose_conv.inc"
