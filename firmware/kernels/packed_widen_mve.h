/* How a vector of the packed product (packed_mve.h) is widened. */
#ifndef HB_PACKED_WIDEN_MVE_H
#define HB_PACKED_WIDEN_MVE_H

#include <arm_mve.h>

#include "packed_columns.h"

/* x[c'] = 2 * (in[c] - zero_point), and 0 beyond the columns */
__attribute__((noinline)) static void packed_widen(const int8_t *in, int32_t columns,
                                                   int32_t zero_point, int16_t *x)
{
    const uint16x8_t order = {0, 2, 1, 3, 4, 6, 5, 7};
    const int16_t zero = (int16_t)zero_point;
    int32_t full = packed_columns(columns);
    for (; columns >= 8; columns -= 8, full -= 8, in += 8, x += 8) {
        const int16x8_t centred = vsubq_n_s16(vldrbq_gather_offset_s16(in, order), zero);
        vstrhq_s16(x, vaddq_s16(centred, centred));
    }
    for (; full > 0; columns = 0, full -= 8, x += 8) {
        const mve_pred16_t there = vcmpltq_n_s16((int16x8_t)order, (int16_t)columns);
        const int16x8_t none = vdupq_n_s16(zero);
        const int16x8_t v = vldrbq_gather_offset_z_s16(in, order, there);
        const int16x8_t centred = vsubq_n_s16(vpselq_s16(v, none, there), zero);
        vstrhq_p_s16(x, vaddq_s16(centred, centred), vctp16q((uint32_t)full));
    }
}

#endif
