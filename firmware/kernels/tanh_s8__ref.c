#include "tanh.h"

void tanh_s8(const struct tanh_s8_params *restrict p, const int8_t *in, int8_t *out)
{
    const int32_t start = tanh_s8_start(p->multiplier, p->input_zero_point, p->bias);
    for (int32_t i = 0; i < p->count; i++)
        out[i] = tanh_s8_of(p->table, p->multiplier, start, in[i]);
}
