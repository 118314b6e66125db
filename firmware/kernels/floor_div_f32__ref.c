#include "div.h"
#include <math.h>

static inline float element(const struct floor_div_f32_params *p, float a, float b)
{
    (void)p;
    return floorf(a / b);
}

#define OPERATOR floor_div_f32
#define TYPE float
#include "elementwise.inc"
