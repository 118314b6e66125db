/* TANH, and LOGISTIC in int8: 256 * logistic(x) - 128 = 128 * tanh(x / 2), and these are the
 * output quantizations of the two operators (scale 1/256, zero point -128; scale 1/128, zero
 * point 0), so that one kernel and one table serve both, at any input scale.
 */
#ifndef HB_TANH_H
#define HB_TANH_H

#include <stdint.h>

struct tanh_f32_params {
    int32_t count;
};

enum { TANH_S8_CELLS = 1024, TANH_S8_FRACTION_BITS = 23, TANH_S8_CELL_BITS = 16 };

/* round(128 * tanh(x)) as a step function of x, a fixed-point number of 23 fraction bits.
 * A cell is 1/128 wide, narrower than any step, so that it contains at most one step:
 * `cells` has the output where a cell begins (the first begins at x = -4), and the output y
 * becomes y + 1 at steps[y + 128]. */
struct tanh_s8_table {
    int32_t steps[256];
    int8_t cells[TANH_S8_CELLS];
};

/* x = (in - input_zero_point) * multiplier / 2^9, in units of 2^-23. The compiler chooses the
 * multiplier, checks all 256 inputs, and takes lut_s8 should one differ. */
struct tanh_s8_params {
    const struct tanh_s8_table *table;
    int32_t count;
    int32_t multiplier;
    int8_t input_zero_point;
};

void tanh_f32(const struct tanh_f32_params *p, const float *in, float *out);
void tanh_s8(const struct tanh_s8_params *p, const int8_t *in, int8_t *out);

#endif
