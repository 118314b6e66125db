/* The nearest integer of a float, ties away from zero. */
#ifndef HB_ROUND_AWAY_H
#define HB_ROUND_AWAY_H

#include <stdint.h>

/* Exact, where adding 0.5 would not be; x is in the range of int32. */
static inline int32_t round_away(float x)
{
    const int32_t whole = (int32_t)x;
    const float fraction = x - (float)whole;
    return whole + (fraction >= 0.5f) - (fraction <= -0.5f);
}

#endif
