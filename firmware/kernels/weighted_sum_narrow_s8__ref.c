#include "weighted_sum.h"

#include "fixed_point.h"

static inline int8_t element(const struct weighted_sum_narrow_s8_params *p, int8_t a, int8_t b)
{
    const int32_t sum = a * p->weight_a + b * p->weight_b + p->offset;
    return (int8_t)clamp(sum >> WEIGHTED_SUM_NARROW_S8_FRACTION_BITS, INT8_MIN, INT8_MAX);
}

#define OPERATOR weighted_sum_narrow_s8
#define TYPE int8_t
#include "elementwise.inc"
