#include "between.h"
#include "fixed_point.h"
#include "saturate.h"
#include "softmax.h"

enum { CELL_BITS = 7 }; /* 512 cells over all int16 */

/* The value of a table at x, a number of int16. */
static int32_t at(const int16_t *values, int32_t x)
{
    return between(values, x - INT16_MIN, CELL_BITS, 1 << (CELL_BITS - 1)) >> CELL_BITS;
}

/* exp(beta * (in - max)) in units of 2^-15. The table has exp(-10) to exp(0). */
static int32_t exp_of(const struct softmax_s16_params *p, int32_t difference)
{
    const int32_t scaled = rescale(difference, p->multiplier, p->shift);
    return at(p->exps, saturate_16(scaled + INT16_MAX));
}

/* 1 / sum = reciprocal / 2^shift for a sum in units of 2^-15. */
static int32_t reciprocal_of(const struct softmax_s16_params *p, int32_t sum, int32_t *shift)
{
    int32_t bits = 31;
    while (bits > 0 && sum >> (bits - 1) == 0)
        bits--;
    const int64_t one_plus = (((int64_t)sum << (31 - bits)) + (1 << 13)) >> 14; /* 1 is 2^16 */
    *shift = bits - 1;
    return at(p->reciprocals, saturate_16((int32_t)one_plus - (1 << 16) + INT16_MIN));
}

void softmax_s16(const struct softmax_s16_params *restrict p, const int16_t *in, int16_t *out)
{
    for (int32_t r = 0; r < p->rows; r++, in += p->depth, out += p->depth) {
        int32_t max = INT16_MIN, sum = 0, shift;
        for (int32_t c = 0; c < p->depth; c++)
            max = in[c] > max ? in[c] : max;
        for (int32_t c = 0; c < p->depth; c++) {
            out[c] = (int16_t)exp_of(p, in[c] - max);
            sum += out[c];
        }
        const int32_t reciprocal = reciprocal_of(p, sum, &shift);
        for (int32_t c = 0; c < p->depth; c++) {
            const int32_t share = (out[c] * reciprocal + (1 << (shift - 1))) >> shift;
            out[c] = (int16_t)clamp(share, 0, INT16_MAX);
        }
    }
}
