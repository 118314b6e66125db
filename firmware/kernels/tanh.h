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

enum { TANH_S8_CELLS = 512, TANH_S8_FRACTION_BITS = 23, TANH_S8_CELL_BITS = 16 };

/* round(128 * tanh(|x|)) as a step function of x, a fixed-point number of 23 fraction bits.
 * A cell is 1/128 wide, narrower than any step, so that the output changes at most once in it. Its
 * entry is the output where it begins times 2^16, plus what makes the low half of |x| carry from
 * the change on: 2^16 less the distance there. So one word of the table is all that is read for an
 * element. The last cell is also that of all |x| from 4 on. */
struct tanh_s8_table {
    int32_t cells[TANH_S8_CELLS];
};

/* x = (in - input_zero_point) * multiplier / 2^9, in units of 2^-23. The compiler chooses the
 * multiplier, checks all 256 inputs, and takes lut_s8 should one differ. */
struct tanh_s8_params {
    const struct tanh_s8_table *table;
    int32_t count;
    int32_t multiplier;
    int8_t input_zero_point;
};

/* The same of a sum of two inputs, which is weighted_sum_narrow_s8's (weighted_sum.h), so that no
 * int8 between the two operators is stored and loaded. */
struct tanh_of_sum_s8_params {
    const struct tanh_s8_table *table;
    int32_t count;
    int32_t weight_a, weight_b, offset;
    int32_t multiplier;
    int8_t input_zero_point;
};

/* One element. Of a negative x it is the output of -x, negated, where ~ stands for both negations. */
static inline int8_t tanh_s8_of(const struct tanh_s8_table *table, int32_t multiplier,
                                int32_t zero_point, int32_t in)
{
    const int32_t x = multiply_high_word(shift_left(in - zero_point, 23), multiplier);
    const int32_t sign = x < 0 ? -1 : 0, index = (x ^ sign) >> TANH_S8_CELL_BITS;
    const int32_t cell = table->cells[index < TANH_S8_CELLS ? index : TANH_S8_CELLS - 1];
    const int32_t low = x & ((1 << TANH_S8_CELL_BITS) - 1);
    return (int8_t)clamp(((cell ^ sign) + low) >> TANH_S8_CELL_BITS, INT8_MIN, INT8_MAX);
}

void tanh_f32(const struct tanh_f32_params *p, const float *in, float *out);
void tanh_s8(const struct tanh_s8_params *p, const int8_t *in, int8_t *out);
void tanh_of_sum_s8(const struct tanh_of_sum_s8_params *p, const int8_t *a, const int8_t *b,
                    int8_t *out);

#endif
