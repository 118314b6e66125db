/* rescale_s8.h for Helium, four at a time: VRMULH rounds the high word as rescale_doubled() does. */
#ifndef HB_RESCALE_S8_MVE_H
#define HB_RESCALE_S8_MVE_H

#include "limited_s8_mve.h"

/* High words of the products with what the shift, to the left by a negative number, needs in order
 * to round. */
static inline int32x4_t rescale_high(int32x4_t doubled, int32x4_t multiplier)
{
    return vaddq_s32(vrmulhq_s32(doubled, multiplier), vshrq_n_s32(doubled, 31));
}

/* The same with a scale for each row: multiplier, rounding and shift of four rows, whose doubled sums
 * are in the order 0 2 1 3. The results are the low bytes of the words. */
static inline int32x4_t rescale_each_s8(int32x4_t doubled, const int32_t *scales)
{
    const uint32x4_t words = {0, 6, 3, 9};
    const int32x4_t multipliers = vldrwq_gather_shifted_offset_s32(scales, words);
    const int32x4_t rounding = vldrwq_gather_shifted_offset_s32(scales + 1, words);
    const int32x4_t shifts = vldrwq_gather_shifted_offset_s32(scales + 2, words);
    const int32x4_t high = vaddq_s32(rescale_high(doubled, multipliers), rounding);
    return limited_s8(vshlq_s32(high, vnegq_s32(shifts)));
}

#endif
