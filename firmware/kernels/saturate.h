/* The nearest int16. */
#ifndef HB_SATURATE_H
#define HB_SATURATE_H

#include <stdint.h>

static inline int32_t saturate_16(int32_t x)
{
    return x < INT16_MIN ? INT16_MIN : x > INT16_MAX ? INT16_MAX : x;
}

#endif
