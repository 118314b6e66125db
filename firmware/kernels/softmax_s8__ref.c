#include "softmax.h"

#include <string.h>

#include "exps_s8.h"

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
