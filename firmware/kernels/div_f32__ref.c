#include "div.h"

#define OPERATOR div_f32

static inline float combine(float a, float b)
{
    return a / b;
}

#include "arithmetic_f32.inc"
