#include "transpose_conv.h"

#include "fixed_point.h"

#define OPERATOR transpose_conv_s8
#define TYPE int8_t
#define SUM int32_t

static inline int32_t product(const struct transpose_conv_s8_params *p, int8_t x, int8_t weight)
{
    return (x - p->input_zero_point) * weight;
}

static inline int8_t result(const struct transpose_conv_s8_params *p, int32_t sum,
                            int32_t channel)
{
    const int32_t biased = p->bias ? sum + p->bias[channel] : sum;
    const int32_t y = rescale(biased, p->multipliers[channel], p->shifts[channel]);
    return (int8_t)clamp(y + p->output_zero_point, p->min, p->max);
}

#include "transpose_conv.inc"
