#include "pow.h"
#include <math.h>

static inline float element(const struct pow_f32_params *p, float a, float b)
{
    (void)p;
    return powf(a, b);
}

#define OPERATOR pow_f32
#define TYPE float
#include "elementwise.inc"
