#include "cumsum.h"

#include "fixed_point.h"

#define OPERATOR cumsum_s8
#define TYPE int8_t
#define SUM int32_t

static inline int32_t term(const struct cumsum_s8_params *p, int8_t x)
{
    return rescale(shift_left(x - p->zero_point_in, 20), p->multiplier_in, p->shift_in);
}

/* TFLM's sums begin with the term of the stored value 0, which is 0 only where the zero point is. */
static inline int32_t start(const struct cumsum_s8_params *p)
{
    return term(p, 0);
}

static inline int8_t result(const struct cumsum_s8_params *p, int32_t sum)
{
    const int32_t y = rescale(sum, p->multiplier_out, p->shift_out) + p->zero_point_out;
    return (int8_t)clamp(y, INT8_MIN, INT8_MAX);
}

#include "cumsum.inc"
