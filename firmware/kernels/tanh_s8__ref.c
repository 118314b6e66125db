#include "tanh.h"

#include "fixed_point.h"

void tanh_s8(const struct tanh_s8_params *restrict p, const int8_t *in, int8_t *out)
{
    const int32_t *restrict steps = p->table->steps + 128;
    const int8_t *restrict cells = p->table->cells + TANH_S8_CELLS / 2;
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t centred = shift_left(in[i] - p->input_zero_point, 23);
        const int32_t x = multiply_high_word(centred, p->multiplier);
        const int32_t cell = clamp(x >> TANH_S8_CELL_BITS, -TANH_S8_CELLS / 2,
                                   TANH_S8_CELLS / 2 - 1);
        const int32_t y = cells[cell];
        out[i] = (int8_t)(y + (x >= steps[y]));
    }
}
