#include "squared_difference.h"
#include "fixed_point.h"

static inline int8_t element(const struct squared_difference_s8_params *p, int8_t a, int8_t b)
{
    const int32_t x = rescale((a - p->zero_point_a) * 128, p->multiplier_a, p->shift_a);
    const int32_t y = rescale((b - p->zero_point_b) * 128, p->multiplier_b, p->shift_b);
    const int32_t square = (x - y) * (x - y);
    const int32_t z = rescale(square, p->multiplier_out, p->shift_out) + p->zero_point_out;
    return (int8_t)clamp(z, INT8_MIN, INT8_MAX);
}

#define OPERATOR squared_difference_s8
#define TYPE int8_t
#include "elementwise.inc"
