#include "tanh_mve.h"

void tanh_s8(const struct tanh_s8_params *p, const int8_t *in, int8_t *out)
{
    const struct tanh_s8_table *const table = p->table;
    const int32_t multiplier = p->multiplier, count = p->count;
    const int32_t start = tanh_s8_start(p->multiplier, p->input_zero_point, p->bias);
    int32_t i = 0;
    for (; i + 4 <= count; i += 4)
        vstrbq_s32(out + i, tanh_4(table, multiplier, start, vldrbq_s32(in + i)));
    for (; i < count; i++)
        out[i] = tanh_s8_of(table, multiplier, start, in[i]);
}
