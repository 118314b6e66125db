/* narrow.h for Helium, four at a time: the low bytes of the four words. */
#ifndef HB_NARROW_MVE_H
#define HB_NARROW_MVE_H

#include "limited_s8_mve.h"

static inline int32x4_t narrow_4(int32x4_t sums)
{
    return limited_s8(vshrq_n_s32(sums, 22));
}

#endif
