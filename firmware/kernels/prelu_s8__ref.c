#include "prelu.h"
#include "fixed_point.h"

static inline int8_t element(const struct prelu_s8_params *p, int8_t a, int8_t b)
{
    const int32_t x = a - p->zero_point_a;
    const int32_t y = x >= 0 ? rescale(x, p->multiplier, p->shift)
                             : rescale(x * (b - p->zero_point_b), p->multiplier_alpha, p->shift_alpha);
    return (int8_t)clamp(y + p->zero_point_out, INT8_MIN, INT8_MAX);
}

#define OPERATOR prelu_s8
#define TYPE int8_t
#include "elementwise.inc"
