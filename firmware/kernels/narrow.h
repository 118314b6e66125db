/* Sums with 22 fraction bits to int8. */
#ifndef HB_NARROW_H
#define HB_NARROW_H

#include "fixed_point.h"

static inline int8_t narrow(int32_t sum)
{
    return (int8_t)clamp(sum >> 22, INT8_MIN, INT8_MAX);
}

#endif
