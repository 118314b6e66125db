#include "cumsum.h"

#define OPERATOR cumsum_f32
#define TYPE float
#define SUM float

static inline float start(const struct cumsum_f32_params *p)
{
    (void)p;
    return 0.0f;
}

static inline float term(const struct cumsum_f32_params *p, float x)
{
    (void)p;
    return x;
}

static inline float result(const struct cumsum_f32_params *p, float sum)
{
    (void)p;
    return sum;
}

#include "cumsum.inc"
