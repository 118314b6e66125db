#include "compare.h"
#include "comparable.h"

static inline uint8_t element(const struct greater_equal_s8_params *p, int8_t a, int8_t b)
{
    return comparable_a(&p->scales, a) >= comparable_b(&p->scales, b);
}

#define OPERATOR greater_equal_s8
#define TYPE int8_t
#define RESULT uint8_t
#include "elementwise.inc"
