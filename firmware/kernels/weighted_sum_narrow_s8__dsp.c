#include "weighted_sum.h"

/* GCC does not shift within an SSAT. */
static inline int8_t element(const struct weighted_sum_narrow_s8_params *p, int8_t a, int8_t b)
{
    int32_t result;
    __asm__("ssat %0, #8, %1, asr %2"
            : "=r"(result)
            : "r"(a * p->weight_a + (b * p->weight_b + p->offset)),
              "i"(WEIGHTED_SUM_NARROW_S8_FRACTION_BITS)
            : "cc");
    return (int8_t)result;
}

#define OPERATOR weighted_sum_narrow_s8
#define TYPE int8_t
#include "elementwise.inc"
