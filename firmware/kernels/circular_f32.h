/* sin and cos in float, without calls of the C library: relatively at most 2e-7 off for every float,
 * huge ones and those next to a zero of the function among them; a NaN of an infinity or a NaN.
 *
 * An angle is reduced to a part of a turn in integers: x is digits 2^e, and digits times the 96
 * binary digits of 2^e 2 / pi that matter are its quarters of a turn, of which whole turns are left
 * out (Payne and Hanek, Radian Reduction for Trigonometric Functions, 1983). No float is closer
 * than 2^-30 quarters to a zero, so that of 62 digits behind the point 32 count there. Each
 * polynomial has the least greatest relative error for its degree, at most 4e-9.
 */
#ifndef HB_CIRCULAR_F32_H
#define HB_CIRCULAR_F32_H

#include <math.h>
#include <stdbool.h>

#include "bits_f32.h"

/* An angle, from the multiple of a quarter turn next to it: between -pi / 4 and pi / 4. */
struct angle {
    uint32_t quarters; /* modulo 4 */
    float rest;
};

/* Quarters of a turn in digits 2^(shift - 30), modulo 4, with 62 digits behind the point. */
static inline uint64_t quarters_of(uint32_t digits, uint32_t shift)
{
    static const uint32_t two_over_pi[] = { /* behind a word of zeros */
        0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab,
    };
    const uint32_t *word = &two_over_pi[shift / 32];
    const uint32_t bit = shift % 32;
    uint32_t part[3];
    for (int32_t i = 0; i < 3; i++)
        part[i] = (uint32_t)(((uint64_t)word[i] << 32 | word[i + 1]) << bit >> 32);
    return ((uint64_t)(digits * part[0]) << 32) + (uint64_t)digits * part[1]
           + ((uint64_t)digits * part[2] >> 32);
}

/* Of a finite x whose size is at least 1/2. */
static inline struct angle reduced_angle(float x)
{
    const uint32_t bits = bits_of(x) & 0x7fffffffu;
    const uint64_t quarters = quarters_of((bits & 0x7fffffu) | 0x800000u, (bits >> 23) - 120);
    const uint32_t nearest = (uint32_t)((quarters + (UINT64_C(1) << 61)) >> 62);
    const int64_t behind = (int64_t)(quarters - ((uint64_t)nearest << 62));
    const float rest = (float)behind * 3.40612158e-19f; /* pi / 2 / 2^62 */
    const bool negative = x < 0.0f;
    return (struct angle){(negative ? 0 - nearest : nearest) % 4, negative ? -rest : rest};
}

static inline struct angle angle_of(float x)
{
    if (fabsf(x) < 0.78539816f)
        return (struct angle){0, x};
    return fabsf(x) < INFINITY ? reduced_angle(x) : (struct angle){0, NAN};
}

/* sin(rest) and cos(rest) for an odd number of quarters. */
static inline float sin_of_angle(struct angle a)
{
    const float square = a.rest * a.rest;
    float y;
    if (a.quarters % 2 == 0) {
        y = -1.95152184e-4f;
        y = y * square + 8.33216030e-3f;
        y = y * square + -1.66666552e-1f;
        y = a.rest + a.rest * (square * y);
    } else {
        y = 2.44330822e-5f;
        y = y * square + -1.38873153e-3f;
        y = y * square + 4.16666456e-2f;
        y = 1.0f + square * (square * y - 0.5f);
    }
    return a.quarters >= 2 ? -y : y;
}

static inline float sin_of(float x)
{
    return sin_of_angle(angle_of(x));
}

static inline float cos_of(float x)
{
    struct angle a = angle_of(x);
    a.quarters = (a.quarters + 1) % 4;
    return sin_of_angle(a);
}

#endif
