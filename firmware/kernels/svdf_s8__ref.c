#include "svdf.h"

#include "fixed_point.h"

#define OPERATOR svdf_s8
#define TYPE int8_t
#define STATE int16_t
#define SUM int32_t

static inline int16_t feature(const struct svdf_s8_params *p, const int8_t *in, int32_t filter)
{
    const int8_t *weights = p->feature_weights + filter * p->shape.features;
    int32_t sum = 0;
    for (int32_t i = 0; i < p->shape.features; i++)
        sum += weights[i] * (in[i] - p->input_zero_point);
    return (int16_t)clamp(rescale(sum, p->multiplier_state, p->shift_state), INT16_MIN, INT16_MAX);
}

static inline int8_t result(const struct svdf_s8_params *p, int32_t sum, int32_t unit)
{
    const int32_t biased = p->bias ? sum + p->bias[unit] : sum;
    const int32_t y = rescale(biased, p->multiplier_out, p->shift_out) + p->output_zero_point;
    return (int8_t)clamp(y, INT8_MIN, INT8_MAX);
}

#include "svdf.inc"
