#include "cumsum.h"

#include "fixed_point.h"
#include "wide.h"

#define OPERATOR cumsum_s8
#define TYPE int8_t
#define SUM int64_t

static inline int32_t term(const struct cumsum_s8_params *p, int8_t x)
{
    return rescale(shift_left(x - p->zero_point_in, 20), p->multiplier_in, p->shift_in);
}

/* TFLM's sums begin with the term of the stored value 0, which is 0 only where the zero point is. */
static inline int64_t start(const struct cumsum_s8_params *p)
{
    return term(p, 0);
}

/* A sum of more than 32 bits, which TFLM does not have, is brought into them first. */
static inline int8_t result(const struct cumsum_s8_params *p, int64_t sum)
{
    int32_t shift = p->shift_out;
    for (; sum > INT32_MAX || sum < -INT32_MAX; shift++)
        sum /= 2;
    if (shift > 0) /* of so large a sum the result is beyond int8 */
        return sum < 0 ? INT8_MIN : INT8_MAX;
    const int32_t y = rescale_product((int32_t)sum, p->multiplier_out, shift);
    return (int8_t)clamp(y + p->zero_point_out, INT8_MIN, INT8_MAX);
}

#include "cumsum.inc"
