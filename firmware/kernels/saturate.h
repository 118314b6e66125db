/* The nearest integers of 8, 16 and 17 bits. */
#ifndef HB_SATURATE_H
#define HB_SATURATE_H

#include "fixed_point.h"

static inline int32_t saturate_8(int32_t x)
{
    return clamp(x, INT8_MIN, INT8_MAX);
}

static inline int32_t saturate_16(int32_t x)
{
    return clamp(x, INT16_MIN, INT16_MAX);
}

static inline int32_t saturate_17(int32_t x)
{
    return clamp(x, -(1 << 16), (1 << 16) - 1);
}

#endif
