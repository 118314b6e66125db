#include "div.h"

#include "rounding_f32.h"

static inline float element(const struct floor_div_f32_params *p, float a, float b)
{
    (void)p;
    return floor_of(a / b);
}

#define OPERATOR floor_div_f32
#define TYPE float
#include "elementwise.inc"
