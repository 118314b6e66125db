#include "batch_matmul.h"

#include "fixed_point.h"

#define OPERATOR batch_matmul_s8
#define TYPE int8_t
#define SUM int32_t

static inline int32_t product(const struct batch_matmul_s8_params *p, int8_t a, int8_t b)
{
    return (a - p->zero_point_a) * (b - p->zero_point_b);
}

static inline int8_t result(const struct batch_matmul_s8_params *p, int32_t sum)
{
    const int32_t y = rescale(sum, p->multiplier, p->shift) + p->zero_point_out;
    return (int8_t)clamp(y, INT8_MIN, INT8_MAX);
}

#include "batch_matmul.inc"
