/* tanh_s8 in Helium, four at a time. */
#ifndef HB_TANH_MVE_H
#define HB_TANH_MVE_H

#include <arm_mve.h>

#include "limited_s8_mve.h"
#include "tanh.h"

_Static_assert(TANH_S8_CELL_BITS == 16, "as shifts have them");

static inline int32x4_t tanh_4(const struct tanh_s8_table *table, int32_t multiplier, int32_t zero,
                               int32x4_t in)
{
    const int32x4_t centred = vshlq_n_s32(vsubq_n_s32(in, zero), 23);
    const int32x4_t x = vmulhq_s32(centred, vdupq_n_s32(multiplier));
    const int32x4_t sign = vshrq_n_s32(x, 31);
    const int32x4_t index = vminq_s32(vshrq_n_s32(veorq_s32(x, sign), 16),
                                      vdupq_n_s32(TANH_S8_CELLS - 1));
    const int32x4_t cell = vldrwq_gather_shifted_offset_s32(table->cells, (uint32x4_t)index);
    const int32x4_t low = vandq_s32(x, vdupq_n_s32(0xffff));
    return limited_s8(vshrq_n_s32(vaddq_s32(veorq_s32(cell, sign), low), 16));
}

#endif
