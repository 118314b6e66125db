/* TANH, and LOGISTIC in int8: 256 * logistic(x) - 128 = 128 * tanh(x / 2), and these are the
 * output quantizations of the two operators (scale 1/256, zero point -128; scale 1/128, zero
 * point 0), so that one kernel and one table serve both, at any input scale.
 */
#ifndef HB_TANH_H
#define HB_TANH_H

#include <stdint.h>

#include "fixed_point.h"

struct tanh_f32_params {
    int32_t count;
};

enum { TANH_S8_CELLS = 1024, TANH_S8_CELL_BITS = 16, TANH_S8_BIAS_BITS = 6 };

/* round(128 * tanh(x)) as a step function of x, or what an operator behind TANH makes of that.
 * x is in cells, with 16 fraction bits. A cell is 1/163 wide, narrower than any step, so that the output
 * grows at most once in it, by 1. Its entry is the output where it begins times 2^8, plus what makes
 * byte 1 of x carry from the change on: 2^8 less the distance there. So one halfword of the table is
 * all that is read for an element. x = 0 is in the middle; the first and the last cell are also those
 * of all x beyond, and have no change. */
struct tanh_s8_table {
    int16_t cells[TANH_S8_CELLS];
};

/* x = (in - input_zero_point) * multiplier + bias * 2^6. The compiler chooses multiplier and bias so that
 * all 256 outputs are right, and takes lut_s8 should there be no such numbers. */
struct tanh_s8_params {
    const struct tanh_s8_table *table;
    int32_t count;
    int32_t multiplier;
    int8_t input_zero_point, bias;
};

/* The same of a sum of two inputs, which is weighted_sum_narrow_s8's (weighted_sum.h), so that no
 * int8 between the two operators is stored and loaded. */
struct tanh_of_sum_s8_params {
    const struct tanh_s8_table *table;
    int32_t count;
    int32_t weight_a, weight_b, offset;
    int32_t multiplier;
    int8_t input_zero_point, bias;
};

/* x of the input 0. */
static inline int32_t tanh_s8_start(int32_t multiplier, int32_t input_zero_point, int32_t bias)
{
    return bias * (1 << TANH_S8_BIAS_BITS) - input_zero_point * multiplier;
}

static inline int8_t tanh_s8_of(const struct tanh_s8_table *table, int32_t multiplier,
                                int32_t start, int32_t in)
{
    enum { MIDDLE = TANH_S8_CELLS / 2 };
    const int32_t x = in * multiplier + start;
    const int32_t index = clamp(x >> TANH_S8_CELL_BITS, -MIDDLE, MIDDLE - 1);
    return (int8_t)((table->cells[MIDDLE + index] + ((x >> 8) & 255)) >> 8);
}

void tanh_f32(const struct tanh_f32_params *p, const float *in, float *out);
void tanh_s8(const struct tanh_s8_params *p, const int8_t *in, int8_t *out);
void tanh_of_sum_s8(const struct tanh_of_sum_s8_params *p, const int8_t *a, const int8_t *b,
                    int8_t *out);

#endif
