/* exp, expm1, log and erf in float, without calls of the C library, so that a kernel computes the
 * same and takes as long whichever library is linked: relatively at most 3e-7 off for every float
 * (expm1_of: for x <= 0), and what they should be for infinities and for what is no number.
 *
 * exp(x) is 2^n exp(r) with n the integer next to x / ln 2, and ln 2 in two parts, of which n times
 * the first is exact (Cody and Waite, Software Manual for the Elementary Functions, 1980). Each
 * polynomial has the least greatest relative error for its degree, at most 6e-9.
 */
#ifndef HB_FUNCTIONS_F32_H
#define HB_FUNCTIONS_F32_H

#include <math.h>
#include <stdint.h>

#include "bits_f32.h"

/* exp(x) / 2^n; `shifted` gets 1.5 * 2^23 + n, whose low bits are n. |x| < 128. */
static inline float reduced_exponential(float x, float *shifted)
{
    const float to_integer = 12582912.0f; /* 1.5 * 2^23 */
    *shifted = x * 1.44269504f + to_integer;
    const float n = *shifted - to_integer;
    const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    float y = 1.38145985e-3f;
    y = y * r + 8.36871688e-3f;
    y = y * r + 4.16683880e-2f;
    y = y * r + 1.66665206e-1f;
    y = y * r + 4.99999934e-1f;
    return (y * (r * r) + r) + 1.0f;
}

static inline float exp_of(float x)
{
    if (x > 88.7228394f) /* the greatest float is exp of it */
        return INFINITY;
    if (x < -104.0f)
        return 0.0f;
    float shifted;
    const float y = reduced_exponential(x, &shifted);
    /* In two steps, as 2^n alone is no normal number at both ends. */
    const uint32_t n = bits_of(shifted) - 0x4b400000u + 254;
    const uint32_t half = n / 2;
    return y * float_of(half << 23) * float_of((n - half) << 23);
}

/* exp(x) - 1 for x <= 0. */
static inline float expm1_of(float x)
{
    if (!(x > -0.5f))
        return exp_of(x) - 1.0f;
    float y = 1.12592263e-3f;
    y = y * x + 8.19329537e-3f;
    y = y * x + 4.16320485e-2f;
    y = y * x + 1.66662888e-1f;
    y = y * x + 4.99999865e-1f;
    return x + x * (x * y);
}

/* (log(1 + f) - f + f^2 / 2) / f^3 for 1 + f between sqrt(1/2) and sqrt(2). */
static inline float log_behind_square(float f)
{
    float y = -7.63449775e-2f;
    y = y * f + 1.27615775e-1f;
    y = y * f + -1.31601822e-1f;
    y = y * f + 1.42017579e-1f;
    y = y * f + -1.66233574e-1f;
    y = y * f + 2.00012269e-1f;
    y = y * f + -2.50008210e-1f;
    y = y * f + 3.33333317e-1f;
    return y;
}

static inline float log_of(float x)
{
    if (!(x > 0.0f)) /* also for what is no number */
        return x == 0.0f ? -INFINITY : NAN;
    uint32_t bits = bits_of(x);
    if (bits >= 0x7f800000u)
        return x;
    int32_t scaled = 0;
    if (bits < 0x00800000u) { /* subnormal */
        bits = bits_of(x * 8388608.0f);
        scaled = 23;
    }
    /* x = 2^n m, and m is between sqrt(1/2) and sqrt(2) */
    const int32_t n = (int32_t)(bits - 0x3f3504f3u) >> 23;
    const float f = float_of(bits - ((uint32_t)n << 23)) - 1.0f;
    const float square = f * f;
    const float e = (float)(n - scaled);
    return e * 0.693359375f + (f + ((log_behind_square(f) * f - 0.5f) * square + e * -2.12194440e-4f));
}

static inline float erf_of(float x)
{
    const float size = fabsf(x);
    float y;
    if (size < 0.875f) { /* where 1 - y would cancel */
        const float square = x * x;
        y = -6.20325503e-4f;
        y = y * square + 5.03218127e-3f;
        y = y * square + -2.67914627e-2f;
        y = y * square + 1.12824552e-1f;
        y = y * square + -3.76125515e-1f;
        y = y * square + 1.28379151e-1f;
        return x + x * y;
    }
    if (size > 4.0f)
        y = 1.0f;
    else { /* 1 - exp(log(1 - erf)), which is nearly a parabola */
        y = -1.27750717e-3f;
        y = y * size + 1.57780200e-2f;
        y = y * size + -9.17029679e-2f;
        y = y * size + -6.49892628e-1f;
        y = y * size + -1.12080145f;
        y = y * size + -1.70893269e-3f;
        y = 1.0f - exp_of(y);
    }
    return x < 0.0f ? -y : y;
}

#endif
