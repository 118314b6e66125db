#include "tanh.h"

void tanh_s8(const struct tanh_s8_params *restrict p, const int8_t *in, int8_t *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = tanh_s8_of(p->table, p->multiplier, p->input_zero_point, in[i]);
}
