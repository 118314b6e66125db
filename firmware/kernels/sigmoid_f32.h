/* The logistic function and tanh in float, without calls of the C library (fabsf is an instruction):
 * at most 4e-7 off, relatively, for every float; 0 where the logistic function is below 1e-38; a NaN
 * of a NaN.
 *
 * Both follow from exp(x) for x <= 0. With n the integer next to x / ln 2, exp(x) is 2^n exp(r), and
 * r = x - n ln 2 is between -0.35 and 0.35: ln 2 in two parts, of which n times the first is exact
 * (Cody and Waite, Software Manual for the Elementary Functions, 1980). The polynomials have the
 * least greatest relative error for their degree: 1.1e-7 and 1.3e-7.
 */
#ifndef HB_SIGMOID_F32_H
#define HB_SIGMOID_F32_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline float exponential_of_negative(float x)
{
    const float to_integer = 12582912.0f; /* 1.5 * 2^23: the sum's low bits are the integer */
    if (x < -87.0f)
        return 0.0f;
    const float shifted = x * 1.44269504f + to_integer;
    const float n = shifted - to_integer;
    const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    float y = 8.31252057e-3f;
    y = y * r + 4.18901592e-2f;
    y = y * r + 1.66671142e-1f;
    y = y * r + 4.99992311e-1f;
    y = (y * r * r + r) + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23; /* 2^n */
    float power;
    memcpy(&power, &bits, sizeof power);
    return y * power;
}

static inline float logistic_of(float x)
{
    const float e = exponential_of_negative(-fabsf(x));
    return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

static inline float tanh_of(float x)
{
    const float size = fabsf(x);
    if (size < 0.625f) { /* where 1 - e would cancel */
        const float square = x * x;
        float y = 1.51936943e-2f;
        y = y * square + -5.19468002e-2f;
        y = y * square + 1.33081540e-1f;
        y = y * square + -3.33323389e-1f;
        return x + x * (square * y);
    }
    const float e = exponential_of_negative(-2.0f * size);
    const float y = (1.0f - e) / (1.0f + e);
    return x < 0.0f ? -y : y;
}

#endif
