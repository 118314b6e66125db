#include "mul.h"

#include "rescale_s8.h"
#include "rescale_s8_mve.h"

static inline void four(const struct mul_rounded_s8_params *p, const int8_t *a, const int8_t *b,
                        int8_t *out)
{
    const int32x4_t x = vsubq_n_s32(vldrbq_s32(a), p->zero_point_a);
    const int32x4_t y = vsubq_n_s32(vldrbq_s32(b), p->zero_point_b);
    const int32x4_t doubled = vmulq_s32(x, vaddq_s32(y, y));
    const int32x4_t high = rescale_high(doubled, vdupq_n_s32(p->multiplier));
    vstrbq_s32(out, limited_s8(vshlq_r_s32(vaddq_n_s32(high, p->rounding), -p->shift)));
}

#define FOUR(p, a, b, out) (four(&(p), (a), (b), (out)), (a) += 4, (b) += 4, (out) += 4)

#include "mul_rounded_s8.inc"
