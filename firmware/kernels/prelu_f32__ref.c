#include "prelu.h"

static inline float element(const struct prelu_f32_params *p, float a, float b)
{
    (void)p;
    return a < 0.0f ? a * b : a;
}

#define OPERATOR prelu_f32
#define TYPE float
#include "elementwise.inc"
