/* The nearest int16. */
#ifndef HB_SATURATE_H
#define HB_SATURATE_H

#include "fixed_point.h"

static inline int32_t saturate_16(int32_t x)
{
    return clamp(x, INT16_MIN, INT16_MAX);
}

#endif
