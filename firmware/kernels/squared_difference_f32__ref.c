#include "squared_difference.h"

static inline float element(const struct squared_difference_f32_params *p, float a, float b)
{
    (void)p;
    return (a - b) * (a - b);
}

#define OPERATOR squared_difference_f32
#define TYPE float
#include "elementwise.inc"
