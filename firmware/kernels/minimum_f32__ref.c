#include "extremum.h"

static inline float element(const struct minimum_f32_params *p, float a, float b)
{
    (void)p;
    return a < b ? a : b;
}

#define OPERATOR minimum_f32
#define TYPE float
#include "elementwise.inc"
