#include "reduce.h"

#define OPERATOR sum_f32
#define TYPE float
#define SUM float

static inline float start(float first)
{
    (void)first;
    return 0.0f;
}

static inline float gather(float sum, float x)
{
    return sum + x;
}

static inline float result(const struct sum_f32_params *p, float sum)
{
    (void)p;
    return sum;
}

#include "reduce.inc"
