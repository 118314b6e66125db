/* 1 / sqrt of an integer in fixed point; hilbench/engines/aot/numerics/inverse_sqrt.py has the
 * equations, the same bits, and their source. */
#ifndef HB_INVERSE_SQRT_H
#define HB_INVERSE_SQRT_H

#include "fixed_point.h"

struct inverse_sqrt {
    int32_t multiplier;
    int32_t shift; /* 1 / sqrt(x) ~ multiplier * 2^(shift - 31) */
};

/* A product of numbers with three integer bits, in such a number again. */
static inline int32_t rescaled_product(int64_t raw, int32_t bits)
{
    const int64_t shifted = raw * (1LL << bits);
    const int64_t above = shifted < INT32_MIN ? INT32_MIN : shifted;
    return (int32_t)(above > INT32_MAX ? INT32_MAX : above);
}

static inline struct inverse_sqrt inverse_sqrt_of(int32_t x)
{
    if (x <= 1)
        return (struct inverse_sqrt){INT32_MAX, 0};
    int32_t exponent = 11;
    for (; x >= 1 << 29; exponent++)
        x /= 4;
    int32_t bits = 0;
    while (x >> bits)
        bits++;
    const int32_t pairs = (31 - bits) / 2 - 1;
    exponent -= pairs;
    const int32_t a = (int32_t)((uint32_t)x << (2 * pairs)) >> 1, half_a = (a + 1) >> 1;
    int32_t y = 1 << 28;
    for (int32_t i = 0; i < 5; i++) {
        const int32_t cube =
            rescaled_product(multiply_high(multiply_high(y, y), y), 6);
        y = rescaled_product(
            (int64_t)multiply_high((1 << 28) + (1 << 27), y) - multiply_high(half_a, cube), 3);
    }
    const int32_t root = multiply_high(y, 1518500250); /* sqrt(2) / 2 in Q0 */
    if (exponent < 0)
        return (struct inverse_sqrt){shift_left(root, -exponent), 0};
    return (struct inverse_sqrt){root, -exponent};
}

#endif
