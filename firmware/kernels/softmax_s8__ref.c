#include "softmax.h"

#include <string.h>

#include "fixed_point.h"

enum { SUM_SHIFT = 12 }; /* the sum has 19 fraction bits, the exponentials 31 */

static int32_t max_of(const int8_t *in, int32_t n)
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
static int32_t one_over_one_plus(int32_t x)
{
    const int32_t d = (x >> 1) + (1 << 30);
    int32_t y = 1515870810 + multiply_high(d, -1010580540);
    for (int32_t step = 0; step < 3; step++) {
        const int32_t error = (1 << 29) - multiply_high(d, y);
        y += shift_left(multiply_high(y, error), 2);
    }
    return y >= 1 << 30 ? INT32_MAX : shift_left(y, 1);
}

static int32_t leading_zeros(uint32_t x)
{
    int32_t n = 0;
    for (; n < 32 && !(x & 0x80000000u); x <<= 1)
        n++;
    return n;
}

/* The sum of a row's exponentials, 19 fraction bits; that of x is exps[zero + x]. */
static uint32_t sum_of(const int32_t *restrict exps, int32_t zero, const int8_t *restrict in,
                       int32_t n)
{
    const uint32_t half = 1u << (SUM_SHIFT - 1);
    uint32_t sum = 0;
#pragma GCC unroll 4
    for (int32_t c = 0; c < n; c++)
        sum += ((uint32_t)exps[zero + in[c]] + half) >> SUM_SHIFT;
    return sum;
}

/* The shares of a row in units of 1/256: multiply_high(scale, exponential), then a division by
 * 2^shift that rounds ties up, in one multiplication: the doubled product's high word with what
 * either rounds by. 1 <= shift <= 31. */
static void shares(const int32_t *restrict exps, int32_t zero, const int8_t *restrict in, int32_t n,
                   uint32_t scale, int32_t shift, int8_t *restrict out)
{
    const uint64_t rounding = (uint64_t)(1u << (shift - 1)) << 32 | 1u << 31;
#pragma GCC unroll 4
    for (int32_t c = 0; c < n; c++) {
        const uint64_t doubled = (uint64_t)(2 * scale) * (uint32_t)exps[zero + in[c]];
        const uint32_t y = (uint32_t)((doubled + rounding) >> 32) >> shift;
        out[c] = (int8_t)((int32_t)(y - (y >> 8)) + INT8_MIN); /* 256 becomes 255 */
    }
}

void softmax_s8(const struct softmax_s8_params *restrict p, const int8_t *in, int8_t *out)
{
    for (int32_t r = 0; r < p->rows; r++, in += p->depth, out += p->depth) {
        const int32_t zero = UINT8_MAX - max_of(in, p->depth);
        const uint32_t sum = sum_of(p->exps, zero, in, p->depth);
        /* sum = (1 + x) * 2^(12 - zeros) */
        const int32_t zeros = leading_zeros(sum);
        const int32_t scale = one_over_one_plus((int32_t)(sum << zeros & INT32_MAX));
        const int32_t shift = SUM_SHIFT - zeros + 31 - 8;
        if (shift > 31)
            memset(out, INT8_MIN, (size_t)p->depth);
        else
            shares(p->exps, zero, in, p->depth, (uint32_t)scale, shift, out);
    }
}
