#include "narrow.h"
#include "narrow_mve.h"
#include "tanh_mve.h"

void tanh_of_sum_s8(const struct tanh_of_sum_s8_params *given, const int8_t *a, const int8_t *b,
                    int8_t *out)
{
    const struct tanh_of_sum_s8_params own = *given, *const p = &own; /* stores to out cannot change it */
    const int32_t start = tanh_s8_start(p->multiplier, p->input_zero_point, p->bias);
    int32_t i = 0;
    for (; i + 4 <= p->count; i += 4) {
        const int32x4_t of_b = vaddq_n_s32(vmulq_n_s32(vldrbq_s32(b + i), p->weight_b), p->offset);
        const int32x4_t bytes = narrow_4(vmlaq_n_s32(of_b, vldrbq_s32(a + i), p->weight_a));
        const int32x4_t sum = vmovlbq_s16(vmovlbq_s8((int8x16_t)bytes));
        vstrbq_s32(out + i, tanh_4(p->table, p->multiplier, start, sum));
    }
    for (; i < p->count; i++) {
        const int8_t sum = narrow(a[i] * p->weight_a + (b[i] * p->weight_b + p->offset));
        out[i] = tanh_s8_of(p->table, p->multiplier, start, sum);
    }
}
