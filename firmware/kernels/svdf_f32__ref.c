#include "svdf.h"

#define OPERATOR svdf_f32
#define TYPE float
#define STATE float
#define SUM float

static inline float feature(const struct svdf_f32_params *p, const float *in, int32_t filter)
{
    const float *weights = p->feature_weights + filter * p->shape.features;
    float sum = 0.0f;
    for (int32_t i = 0; i < p->shape.features; i++)
        sum += weights[i] * in[i];
    return sum;
}

static inline float result(const struct svdf_f32_params *p, float sum, int32_t unit)
{
    const float y = p->bias ? sum + p->bias[unit] : sum;
    const float above = y < p->min ? p->min : y;
    return above > p->max ? p->max : above;
}

#include "svdf.inc"
