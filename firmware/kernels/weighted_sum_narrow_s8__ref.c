#include "weighted_sum.h"

#include "narrow.h"

static inline int8_t element(const struct weighted_sum_narrow_s8_params *p, int8_t a, int8_t b)
{
    return narrow(a * p->weight_a + (b * p->weight_b + p->offset));
}

#define OPERATOR weighted_sum_narrow_s8
#define TYPE int8_t
#include "elementwise.inc"
