#include "fully_connected.h"
#include "packed_mve.h"
#include "packed_widen_mve.h"
#include "rescale_s8.h"
#include "rescale_s8_mve.h"

#include "fully_connected_packed_one.inc"

#include "fully_connected_packed.inc"

static inline int32x4_t finish_4(const params *p, int32x4_t sums, int32_t r)
{
    (void)r;
    const int32x4_t high = rescale_high(sums, vdupq_n_s32(p->multiplier));
    return limited_s8(vshlq_r_s32(vaddq_n_s32(high, p->rounding), -p->shift));
}

#include "fully_connected_packed_mve.inc"
