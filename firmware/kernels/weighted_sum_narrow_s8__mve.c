#include "weighted_sum.h"

#include "narrow.h"
#include "narrow_mve.h"

static inline int8_t element(const struct weighted_sum_narrow_s8_params *p, int8_t a, int8_t b)
{
    return narrow(a * p->weight_a + (b * p->weight_b + p->offset));
}

static inline void four(const struct weighted_sum_narrow_s8_params *p, const int8_t *a,
                        const int8_t *b, int8_t *out)
{
    const int32x4_t of_b = vmulq_n_s32(vldrbq_s32(b), p->weight_b);
    const int32x4_t sums = vmlaq_n_s32(of_b, vldrbq_s32(a), p->weight_a);
    vstrbq_s32(out, narrow_4(vaddq_n_s32(sums, p->offset)));
}

#define FOUR(p, a, b, out) (four(&(p), (a), (b), (out)), (a) += 4, (b) += 4, (out) += 4)
#define OPERATOR weighted_sum_narrow_s8
#define TYPE int8_t
#include "elementwise.inc"
