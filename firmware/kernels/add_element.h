/* One element of ADD in int8, for all scales. */
#ifndef HB_ADD_ELEMENT_H
#define HB_ADD_ELEMENT_H

#include "add.h"
#include "fixed_point.h"

/* (q - zero_point) in the scale that both operands share. */
static inline int32_t add_operand(int32_t q, int32_t zero_point, int32_t multiplier, int32_t shift)
{
    return rescale(shift_left(q - zero_point, 20), multiplier, shift);
}

static inline int8_t add_element(const struct add_s8_params *p, int8_t a, int8_t b)
{
    const int32_t x = add_operand(a, p->zero_point_a, p->multiplier_a, p->shift_a);
    const int32_t y = add_operand(b, p->zero_point_b, p->multiplier_b, p->shift_b);
    const int32_t z = rescale(x + y, p->multiplier_out, p->shift_out);
    return (int8_t)clamp(z + p->zero_point_out, p->min, p->max);
}

#endif
