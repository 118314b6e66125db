#include "reduce.h"

#define OPERATOR reduce_min_s8
#define TYPE int8_t
#define SUM int8_t

static inline int8_t start(int8_t first)
{
    return first;
}

static inline int8_t gather(int8_t sum, int8_t x)
{
    return x < sum ? x : sum;
}

static inline int8_t result(const struct reduce_min_s8_params *p, int8_t sum)
{
    (void)p;
    return sum;
}

#include "reduce.inc"
