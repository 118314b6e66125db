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

#endif
