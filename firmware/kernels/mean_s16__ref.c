#include "mean.h"

#include "fixed_point.h"

#define OPERATOR mean_s16
#define TYPE int16_t
#define SUM int32_t

static inline int32_t start(int16_t first)
{
    (void)first;
    return 0;
}

static inline int32_t gather(int32_t sum, int16_t x)
{
    return sum + x;
}

static inline int16_t result(const struct mean_s16_params *p, int32_t sum)
{
    return (int16_t)clamp(rescale(sum, p->multiplier, p->shift), INT16_MIN, INT16_MAX);
}

#include "reduce.inc"
