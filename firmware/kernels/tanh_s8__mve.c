#include "tanh.h"

#include <arm_mve.h>

#include "fixed_point.h"

_Static_assert(TANH_S8_CELL_BITS == 16, "as shifts have them");

/* As the portable kernel, four at a time. */
void tanh_s8(const struct tanh_s8_params *p, const int8_t *in, int8_t *out)
{
    const int32_t multiplier = p->multiplier, zero = p->input_zero_point;
    const int32_t *const cells = p->table->cells;
    int32_t i = 0;
    for (; i + 4 <= p->count; i += 4) {
        const int32x4_t centred = vshlq_n_s32(vsubq_n_s32(vldrbq_s32(in + i), zero), 23);
        const int32x4_t x = vmulhq_s32(centred, vdupq_n_s32(multiplier));
        const int32x4_t sign = vshrq_n_s32(x, 31);
        const int32x4_t index = vminq_s32(vshrq_n_s32(veorq_s32(x, sign), 16),
                                          vdupq_n_s32(TANH_S8_CELLS - 1));
        const int32x4_t cell = vldrwq_gather_shifted_offset_s32(cells, (uint32x4_t)index);
        const int32x4_t left = vandq_s32(x, vdupq_n_s32(0xffff));
        const int32x4_t y = vshrq_n_s32(vaddq_s32(veorq_s32(cell, sign), left), 16);
        vstrbq_s32(out + i, vmaxq_s32(vminq_s32(y, vdupq_n_s32(INT8_MAX)), vdupq_n_s32(INT8_MIN)));
    }
    for (; i < p->count; i++) {
        const int32_t centred = shift_left(in[i] - zero, 23);
        out[i] = (int8_t)tanh_s8_of(p->table, multiply_high_word(centred, multiplier));
    }
}
