#include "mul.h"

#define OPERATOR mul_f32

static inline float combine(float a, float b)
{
    return a * b;
}

#include "arithmetic_f32.inc"
