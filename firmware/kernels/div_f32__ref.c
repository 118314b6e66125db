#include "div.h"

static inline float element(const struct div_f32_params *p, float a, float b)
{
    const float y = a / b;
    const float above = y < p->min ? p->min : y;
    return above > p->max ? p->max : above;
}

#define OPERATOR div_f32
#define TYPE float
#include "elementwise.inc"
