#include "tanh.h"

#include "narrow.h"

void tanh_of_sum_s8(const struct tanh_of_sum_s8_params *restrict p, const int8_t *a,
                    const int8_t *b, int8_t *out)
{
    const int32_t start = tanh_s8_start(p->multiplier, p->input_zero_point, p->bias);
    for (int32_t i = 0; i < p->count; i++) {
        const int8_t sum = narrow(a[i] * p->weight_a + (b[i] * p->weight_b + p->offset));
        out[i] = tanh_s8_of(p->table, p->multiplier, start, sum);
    }
}
