#include "tanh.h"

#include "fixed_point.h"

void tanh_s8(const struct tanh_s8_params *restrict p, const int8_t *in, int8_t *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t centred = shift_left(in[i] - p->input_zero_point, 23);
        out[i] = (int8_t)tanh_s8_of(p->table, multiply_high_word(centred, p->multiplier));
    }
}
