#include "reduce.h"

#include <math.h>

#define OPERATOR sum_s8
#define TYPE int8_t
#define SUM int32_t

static inline int32_t start(int8_t first)
{
    (void)first;
    return 0;
}

static inline int32_t gather(int32_t sum, int8_t x)
{
    return sum + x;
}

/* In single precision, as TFLM does it; the sum is exact. */
static inline int8_t result(const struct sum_s8_params *p, int32_t sum)
{
    const float y = roundf((float)sum * p->factor + p->offset) + (float)p->zero_point;
    return (int8_t)(y < INT8_MIN ? INT8_MIN : y > INT8_MAX ? INT8_MAX : y);
}

#include "reduce.inc"
