#include "reduce.h"

#define OPERATOR reduce_max_s16
#define TYPE int16_t
#define SUM int16_t

static inline int16_t start(int16_t first)
{
    return first;
}

static inline int16_t gather(int16_t sum, int16_t x)
{
    return x > sum ? x : sum;
}

static inline int16_t result(const struct reduce_max_s16_params *p, int16_t sum)
{
    (void)p;
    return sum;
}

#include "reduce.inc"
