/* What SOFTMAX and LOG_SOFTMAX of int8 rows share: fixed-point arithmetic of exponentials. */
#ifndef HB_EXPS_S8_H
#define HB_EXPS_S8_H

#include <stdint.h>

#include "fixed_point.h"

enum { SUM_SHIFT = 12 }; /* the sum has 19 fraction bits, the exponentials 31 */

static inline int32_t max_of(const int8_t *in, int32_t n)
{
    int32_t max = INT8_MIN;
#pragma GCC unroll 4
    for (int32_t c = 0; c < n; c++)
        max = in[c] > max ? in[c] : max;
    return max;
}

/* 1 / (1 + x) for 0 <= x < 1, both with 31 fraction bits: three Newton-Raphson steps
 * y += y * (1 - d * y) for the reciprocal of d = (1 + x) / 2, from 48/17 - 32/17 * d.
 * y has 29 fraction bits. Source of the steps: gemmlowp's fixed-point library. */
static inline int32_t one_over_one_plus(int32_t x)
{
    const int32_t d = (x >> 1) + (1 << 30);
    int32_t y = 1515870810 + multiply_high(d, -1010580540);
    for (int32_t step = 0; step < 3; step++) {
        const int32_t error = (1 << 29) - multiply_high(d, y);
        y += shift_left(multiply_high(y, error), 2);
    }
    return y >= 1 << 30 ? INT32_MAX : shift_left(y, 1);
}

static inline int32_t leading_zeros(uint32_t x)
{
    int32_t n = 0;
    for (; n < 32 && !(x & 0x80000000u); x <<= 1)
        n++;
    return n;
}

/* The sum of a row's exponentials, 19 fraction bits; that of x is exps[zero + x]. */
static inline uint32_t sum_of(const int32_t *restrict exps, int32_t zero, const int8_t *restrict in,
                       int32_t n)
{
    const uint32_t half = 1u << (SUM_SHIFT - 1);
    uint32_t sum = 0;
#pragma GCC unroll 4
    for (int32_t c = 0; c < n; c++)
        sum += ((uint32_t)exps[zero + in[c]] + half) >> SUM_SHIFT;
    return sum;
}

#endif
