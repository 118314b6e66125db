/* Floats to whole numbers, without calls of the C library: exact, and 0 keeps the sign of what was
 * rounded to it, as C11 (F.10.6) has it. */
#ifndef HB_ROUNDING_F32_H
#define HB_ROUNDING_F32_H

#include <math.h>

#include "bits_f32.h"

/* 2^23: a float of this size or more has no digits behind the point. */
#define ALL_WHOLE 8388608.0f

static inline float floor_of(float x)
{
    if (!(fabsf(x) < ALL_WHOLE)) /* also infinities and what is no number */
        return x;
    const float whole = (float)(int32_t)x;
    return signed_as(whole > x ? whole - 1.0f : whole, x);
}

static inline float ceil_of(float x)
{
    return -floor_of(-x);
}

/* Halves to the even neighbour: adding 2^23 leaves no room for digits behind the point. */
static inline float nearest_of(float x)
{
    if (!(fabsf(x) < ALL_WHOLE))
        return x;
    return signed_as((fabsf(x) + ALL_WHOLE) - ALL_WHOLE, x);
}

#endif
