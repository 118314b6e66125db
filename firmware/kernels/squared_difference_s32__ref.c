#include "squared_difference.h"

static inline int32_t element(const struct squared_difference_s32_params *p, int32_t a, int32_t b)
{
    (void)p;
    const uint32_t difference = (uint32_t)a - (uint32_t)b;
    return (int32_t)(difference * difference);
}

#define OPERATOR squared_difference_s32
#define TYPE int32_t
#include "elementwise.inc"
