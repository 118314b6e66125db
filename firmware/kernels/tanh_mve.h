/* tanh_s8 in Helium, four at a time: the low bytes of the four words. */
#ifndef HB_TANH_MVE_H
#define HB_TANH_MVE_H

#include <arm_mve.h>

#include "tanh.h"

_Static_assert(TANH_S8_CELL_BITS == 16, "as shifts have them");

static inline int32x4_t tanh_4(const struct tanh_s8_table *table, int32_t multiplier, int32_t start,
                               int32x4_t in)
{
    enum { MIDDLE = TANH_S8_CELLS / 2 };
    const int32x4_t x = vaddq_n_s32(vmulq_n_s32(in, multiplier), start);
    const int32x4_t limited = vminq_s32(vshrq_n_s32(x, 16), vdupq_n_s32(MIDDLE - 1));
    const int32x4_t index = vaddq_n_s32(vmaxq_s32(limited, vdupq_n_s32(-MIDDLE)), MIDDLE);
    const int32x4_t cell = vldrhq_gather_shifted_offset_s32(table->cells, (uint32x4_t)index);
    const int32x4_t byte = vandq_s32(vshrq_n_s32(x, 8), vdupq_n_s32(255));
    return vshrq_n_s32(vaddq_s32(cell, byte), 8);
}

#endif
