#include "div.h"

#include <math.h>

#include "bits_f32.h"

/* digits 2^exponent times the smallest float, which is exact; exponent <= 253. In two steps, as
 * 2^253 is no float. */
static inline float scaled(uint32_t digits, uint32_t exponent)
{
    const uint32_t half = exponent / 2;
    return float_of(digits) * float_of((half + 127) << 23)
           * float_of((exponent - half + 127) << 23);
}

/* What is left of the size of a divided by that of b, both finite and a >= b > 0: a long division,
 * 8 binary digits at a time. Exact. */
static inline float rest_of_sizes(uint32_t a, uint32_t b)
{
    const uint32_t exponent_a = a >> 23 ? a >> 23 : 1, exponent_b = b >> 23 ? b >> 23 : 1;
    const uint32_t divisor = (b & 0x7fffffu) | (b >> 23 ? 0x800000u : 0);
    uint32_t rest = ((a & 0x7fffffu) | (a >> 23 ? 0x800000u : 0)) % divisor;
    for (uint32_t left = exponent_a - exponent_b, digits; left > 0; left -= digits) {
        digits = left < 8 ? left : 8;
        rest = (rest << digits) % divisor;
    }
    return scaled(rest, exponent_b - 1);
}

/* With the sign of a (C11, F.10.7.1). */
static inline float remainder_of(float a, float b)
{
    const uint32_t size_a = bits_of(a) & 0x7fffffffu, size_b = bits_of(b) & 0x7fffffffu;
    const uint32_t infinite = 0x7f800000u;
    if (size_a >= infinite || size_b > infinite || size_b == 0)
        return NAN;
    return size_a < size_b ? a : signed_as(rest_of_sizes(size_a, size_b), a);
}

static inline float element(const struct floor_mod_f32_params *p, float a, float b)
{
    (void)p;
    const float rest = remainder_of(a, b);
    return rest != 0.0f && (rest < 0.0f) != (b < 0.0f) ? rest + b : rest;
}

#define OPERATOR floor_mod_f32
#define TYPE float
#include "elementwise.inc"
