/* rescale() of fixed_point.h together with the output's zero point and limits. */
#ifndef HB_RESCALE_S8_H
#define HB_RESCALE_S8_H

#include <stdint.h>

#include "fixed_point.h"

static inline int32_t rescale_doubled(int32_t doubled, int32_t multiplier, int32_t rounding,
                                      int32_t shift)
{
    return multiply_high_add(doubled, multiplier, rounding + (doubled >> 31)) >> shift;
}

/* rescale(doubled / 2, multiplier, -shift) plus the zero point that is in rounding = 2^(shift - 1) +
 * zero point * 2^shift, limited to int8. 1 <= shift <= 22. */
static inline int32_t rescale_s8(int32_t doubled, int32_t multiplier, int32_t rounding,
                                 int32_t shift)
{
    return clamp(rescale_doubled(doubled, multiplier, rounding, shift), INT8_MIN, INT8_MAX);
}

/* Likewise, limited to int16. */
static inline int32_t rescale_s16(int32_t doubled, int32_t multiplier, int32_t rounding,
                                  int32_t shift)
{
    return clamp(rescale_doubled(doubled, multiplier, rounding, shift), INT16_MIN, INT16_MAX);
}

#endif
