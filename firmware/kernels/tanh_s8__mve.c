#include "tanh.h"

#include <arm_mve.h>

#include "fixed_point.h"

_Static_assert(TANH_S8_CELLS == 1 << 10 && TANH_S8_CELL_BITS == 16, "as VQSHL limits them");

/* As the portable kernel, four at a time. Offsets of tables are signed: addresses are modulo 2^32. */
void tanh_s8(const struct tanh_s8_params *p, const int8_t *in, int8_t *out)
{
    const int32_t multiplier = p->multiplier, zero = p->input_zero_point;
    const int32_t *const steps = p->table->steps + 128;
    const int8_t *const cells = p->table->cells + TANH_S8_CELLS / 2;
    int32_t i = 0;
    for (; i + 4 <= p->count; i += 4) {
        const int32x4_t centred = vshlq_n_s32(vsubq_n_s32(vldrbq_s32(in + i), zero), 23);
        const int32x4_t x = vmulhq_s32(centred, vdupq_n_s32(multiplier));
        const int32x4_t cell = vshrq_n_s32(vqshlq_n_s32(x, 6), 22);
        const int32x4_t y = vldrbq_gather_offset_s32(cells, (uint32x4_t)cell);
        const int32x4_t step = vldrwq_gather_shifted_offset_s32(steps, (uint32x4_t)y);
        const int32x4_t below = vshrq_n_s32(vsubq_s32(x, step), 31);
        vstrbq_s32(out + i, vaddq_s32(vaddq_n_s32(y, 1), below));
    }
    for (; i < p->count; i++) {
        const int32_t centred = shift_left(in[i] - zero, 23);
        const int32_t x = (int32_t)(((int64_t)centred * multiplier) >> 32);
        const int32_t y = cells[clamp(x >> TANH_S8_CELL_BITS, -TANH_S8_CELLS / 2,
                                      TANH_S8_CELLS / 2 - 1)];
        out[i] = (int8_t)(y + (x >= steps[y]));
    }
}
