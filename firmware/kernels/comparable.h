/* int8 operands of a comparison as numbers of one scale; TFLM rounds them here. */
#ifndef HB_COMPARABLE_H
#define HB_COMPARABLE_H

#include "compare.h"
#include "fixed_point.h"

static inline int32_t comparable_a(const struct comparison_s8 *s, int8_t a)
{
    return rescale((a - s->zero_point_a) * 256, s->multiplier_a, s->shift_a);
}

static inline int32_t comparable_b(const struct comparison_s8 *s, int8_t b)
{
    return rescale((b - s->zero_point_b) * 256, s->multiplier_b, s->shift_b);
}

#endif
