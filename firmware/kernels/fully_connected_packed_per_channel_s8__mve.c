#include "fully_connected.h"
#include "packed_mve.h"
#include "packed_widen_mve.h"
#include "rescale_s8.h"
#include "rescale_s8_mve.h"

#include "fully_connected_packed_each.inc"

#include "fully_connected_packed.inc"

static inline int32x4_t finish_4(const params *p, int32x4_t sums, int32_t r)
{
    return rescale_each_s8(sums, p->channels + 3 * r);
}

#include "fully_connected_packed_mve.inc"
