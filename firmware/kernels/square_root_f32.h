/* The square root in float, without a call of the C library: correctly rounded, so that the
 * instruction, where the core has one, and the digits give the same bits. */
#ifndef HB_SQUARE_ROOT_F32_H
#define HB_SQUARE_ROOT_F32_H

#include <math.h>
#include <stdbool.h>

#include "bits_f32.h"

/* Of a number of 24 binary digits behind the point, between 1 and 4: as many digits of its root, the
 * last one as the rest rounds it. `rest` is the number less the square of `root` (its double is
 * kept), and grows by a digit with each digit that is found. */
static inline uint32_t root_by_digits(uint32_t rest)
{
    uint32_t root = 0, twice = 0;
    for (uint32_t digit = 1u << 24; digit != 0; digit >>= 1) {
        if (rest >= twice + digit) {
            rest -= twice + digit;
            twice += 2 * digit;
            root += digit;
        }
        rest *= 2;
    }
    return root;
}

static inline float square_root_by_digits(float x)
{
    if (!(x > 0.0f && x < INFINITY))
        return x < 0.0f ? NAN : x;
    const bool small = x < 1.17549435e-38f;
    const uint32_t bits = bits_of(small ? x * 16777216.0f : x);
    const uint32_t exponent = (bits >> 23) - 1; /* even for numbers between 1 and 2, 1/4 and 1/2, ... */
    const uint32_t digits = (bits & 0x7fffffu) | 0x800000u;
    const uint32_t root = root_by_digits(digits << (exponent % 2 ? 2 : 1));
    /* Never half-way: the square of 25 digits whose last is 1 has more than 24. */
    return float_of(((root + 1) / 2) + ((exponent / 2 + 63 - (small ? 12 : 0)) << 23));
}

static inline float square_root_of(float x)
{
#if defined __arm__ && defined __ARM_FP
    __asm__("vsqrt.f32 %0, %1" : "=t"(x) : "t"(x));
    return x;
#elif defined __riscv_flen
    __asm__("fsqrt.s %0, %1" : "=f"(x) : "f"(x));
    return x;
#else
    return square_root_by_digits(x);
#endif
}

#endif
