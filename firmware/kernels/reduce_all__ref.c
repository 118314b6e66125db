#include "reduce.h"

#define OPERATOR reduce_all
#define TYPE uint8_t
#define SUM uint8_t

static inline uint8_t start(uint8_t first)
{
    (void)first;
    return 1;
}

static inline uint8_t gather(uint8_t sum, uint8_t x)
{
    return sum && x;
}

static inline uint8_t result(const struct reduce_all_params *p, uint8_t sum)
{
    (void)p;
    return sum;
}

#include "reduce.inc"
