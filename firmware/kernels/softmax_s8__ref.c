#include "softmax.h"

#include "fixed_point.h"

enum { SUM_SHIFT = 12 }; /* the sum has 19 fraction bits, the exponentials 31 */

static int32_t max_of(const int8_t *in, int32_t n)
{
    int32_t max = INT8_MIN;
    for (int32_t c = 0; c < n; c++)
        max = in[c] > max ? in[c] : max;
    return max;
}

/* x / 2^n, rounded to nearest, ties up. x < 2^31, 1 <= n <= 31. */
static uint32_t divide_by_power_of_two(uint32_t x, int32_t n)
{
    return (x + (1u << (n - 1))) >> n;
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

void softmax_s8(const struct softmax_s8_params *restrict p, const int8_t *in, int8_t *out)
{
    for (int32_t r = 0; r < p->rows; r++, in += p->depth, out += p->depth) {
        const int32_t max = max_of(in, p->depth);
        uint32_t sum = 0;
        for (int32_t c = 0; c < p->depth; c++)
            sum += divide_by_power_of_two((uint32_t)p->exps[max - in[c]], SUM_SHIFT);

        /* sum = (1 + x) * 2^(12 - zeros) */
        const int32_t zeros = leading_zeros(sum);
        const int32_t scale = one_over_one_plus((int32_t)(sum << zeros & INT32_MAX));
        const int32_t shift = SUM_SHIFT - zeros + 31 - 8;
        for (int32_t c = 0; c < p->depth; c++) {
            const uint32_t share = (uint32_t)multiply_high(scale, p->exps[max - in[c]]);
            const int32_t y = shift > 31 ? 0 : (int32_t)divide_by_power_of_two(share, shift);
            out[c] = (int8_t)clamp(y + INT8_MIN, INT8_MIN, INT8_MAX);
        }
    }
}
