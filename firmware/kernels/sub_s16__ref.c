#include "sub.h"

#include "fixed_point.h"

static inline int16_t element(const struct sub_s16_params *p, int16_t a, int16_t b)
{
    const int32_t x = rescale(shift_left(a, 15), p->multiplier_a, p->shift_a);
    const int32_t y = rescale(shift_left(b, 15), p->multiplier_b, p->shift_b);
    return (int16_t)clamp(rescale(x - y, p->multiplier_out, p->shift_out), p->min, p->max);
}

#define OPERATOR sub_s16
#define TYPE int16_t
#include "elementwise.inc"
