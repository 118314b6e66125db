/* The logistic function and tanh in float, without calls of the C library (fabsf is an instruction):
 * at most 2e-7 off, relatively, for every float; 0 where the logistic function is below 8e-39; a NaN
 * of a NaN.
 *
 * Both follow from exp(-|x|). With n the integer next to |x| / ln 2, that is 2^-n exp(r), and r =
 * n ln 2 - |x| is between -0.35 and 0.35: ln 2 in two parts, of which n times the first is exact
 * (Cody and Waite, Software Manual for the Elementary Functions, 1980). The polynomial has the least
 * greatest error for its degree, relative to exp(r) - 1: 1.4e-8.
 *
 * Four are computed step by step side by side, without a branch: an FPU that has each result one
 * cycle late does not wait for any.
 */
#ifndef HB_SIGMOID_F32_H
#define HB_SIGMOID_F32_H

#include <math.h>

#include "bits_f32.h"

enum { SIDE_BY_SIDE = 4 };

/* Neither part is above 2. */
struct fraction {
    float numerator, denominator;
};

/* exp(-size) is power (1 + rest), and power is a power of two, or 0. */
struct exponentials {
    float power[SIDE_BY_SIDE], rest[SIDE_BY_SIDE];
};

static inline struct exponentials exponentials_of_minus(const float size[SIDE_BY_SIDE])
{
    static const float coefficients[] = {8.36652052e-3f, 4.16672006e-2f, 1.66665435e-1f,
                                         4.99999970e-1f};
    float most = 88.1f; /* n is 127 then, and the power 0 */
    __asm__("" : "+r"(most)); /* or GCC branches to what it knows to follow from it */
    const float to_integer = 12582912.0f; /* 1.5 * 2^23: the sum's low bits are the integer */
    float x[SIDE_BY_SIDE], shifted[SIDE_BY_SIDE], r[SIDE_BY_SIDE], y[SIDE_BY_SIDE];
    struct exponentials e;
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
        x[k] = size[k] > most ? most : size[k];
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
        shifted[k] = x[k] * 1.44269504f + to_integer;
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++) {
        const float n = shifted[k] - to_integer;
        r[k] = (n * 0.693359375f - x[k]) + n * -2.12194440e-4f;
        y[k] = 1.38825213e-3f;
    }
    for (int32_t i = 0; i < 4; i++)
        for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
            y[k] = y[k] * r[k] + coefficients[i];
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
        e.rest[k] = y[k] * (r[k] * r[k]) + r[k];
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
        e.power[k] = float_of((127 - bits_of(shifted[k])) << 23);
    return e;
}

/* From exp(-|x|). */
static inline struct fraction logistic_fraction(float x, float power, float rest)
{
    const float e = power * rest + power;
    return (struct fraction){x < 0.0f ? e : 1.0f, 1.0f + e};
}

/* (1 - e) / (1 + e) from e = exp(-2 |x|); 1 - e does not cancel digits. */
static inline struct fraction tanh_fraction(float x, float power, float rest)
{
    const float distance = (1.0f - power) - power * rest;
    return (struct fraction){x < 0.0f ? -distance : distance, 2.0f - distance};
}

static inline void logistics_of(const float x[SIDE_BY_SIDE], float y[SIDE_BY_SIDE])
{
    float size[SIDE_BY_SIDE];
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
        size[k] = fabsf(x[k]);
    const struct exponentials e = exponentials_of_minus(size);
    struct fraction f[SIDE_BY_SIDE];
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
        f[k] = logistic_fraction(x[k], e.power[k], e.rest[k]);
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
        y[k] = f[k].numerator / f[k].denominator;
}

static inline void tanhs_of(const float x[SIDE_BY_SIDE], float y[SIDE_BY_SIDE])
{
    float size[SIDE_BY_SIDE];
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
        size[k] = 2.0f * fabsf(x[k]);
    const struct exponentials e = exponentials_of_minus(size);
    struct fraction f[SIDE_BY_SIDE];
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
        f[k] = tanh_fraction(x[k], e.power[k], e.rest[k]);
    for (int32_t k = 0; k < SIDE_BY_SIDE; k++)
        y[k] = f[k].numerator / f[k].denominator;
}

/* One; of what is not used nothing is left. */
static inline float logistic_of(float x)
{
    const float all[SIDE_BY_SIDE] = {x};
    float y[SIDE_BY_SIDE];
    logistics_of(all, y);
    return y[0];
}

static inline float tanh_of(float x)
{
    const float all[SIDE_BY_SIDE] = {x};
    float y[SIDE_BY_SIDE];
    tanhs_of(all, y);
    return y[0];
}

#endif
