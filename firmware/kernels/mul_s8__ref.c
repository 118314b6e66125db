#include "mul.h"

#include "fixed_point.h"

static inline int8_t element(const struct mul_s8_params *p, int8_t a, int8_t b)
{
    const int32_t product = (a - p->zero_point_a) * (b - p->zero_point_b);
    const int32_t y = rescale(product, p->multiplier, p->shift) + p->zero_point_out;
    return (int8_t)clamp(y, p->min, p->max);
}

#define OPERATOR mul_s8
#define TYPE int8_t
#include "elementwise.inc"
