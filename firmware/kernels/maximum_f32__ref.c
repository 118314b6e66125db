#include "extremum.h"

static inline float element(const struct maximum_f32_params *p, float a, float b)
{
    (void)p;
    return a > b ? a : b;
}

#define OPERATOR maximum_f32
#define TYPE float
#include "elementwise.inc"
