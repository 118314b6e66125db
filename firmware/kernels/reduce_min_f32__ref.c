#include "reduce.h"

#define OPERATOR reduce_min_f32
#define TYPE float
#define SUM float

static inline float start(float first)
{
    return first;
}

static inline float gather(float sum, float x)
{
    return x < sum ? x : sum;
}

static inline float result(const struct reduce_min_f32_params *p, float sum)
{
    (void)p;
    return sum;
}

#include "reduce.inc"
