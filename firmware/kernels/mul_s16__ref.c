#include "mul.h"

#include "fixed_point.h"
#include "wide.h"

static inline int16_t element(const struct mul_s16_params *p, int16_t a, int16_t b)
{
    return (int16_t)clamp(rescale_product(a * b, p->multiplier, p->shift), p->min, p->max);
}

#define OPERATOR mul_s16
#define TYPE int16_t
#include "elementwise.inc"
