#include "fully_connected.h"
#include "packed_mve.h"
#include "rescale_s8.h"
#include "rescale_s8_mve.h"

#include "fully_connected_packed_each.inc"

#include "fully_connected_packed.inc"

static inline int32x4_t finish_4(const params *p, int32x4_t sums, int32_t r)
{
    const uint32x4_t words = {0, 6, 3, 9};
    const int32_t *const c = p->channels + 3 * r;
    const int32x4_t multipliers = vldrwq_gather_shifted_offset_s32(c, words);
    const int32x4_t rounding = vldrwq_gather_shifted_offset_s32(c + 1, words);
    const int32x4_t shifts = vldrwq_gather_shifted_offset_s32(c + 2, words);
    const int32x4_t high = vaddq_s32(rescale_high(sums, multipliers), rounding);
    return limited_s8(vshlq_s32(high, vnegq_s32(shifts)));
}

#include "fully_connected_packed_mve.inc"
