#include "batch_matmul.h"
#include "fixed_point.h"

typedef struct batch_matmul_s8_params params;

static inline int8_t result(const params *p, int32_t sum)
{
    const int32_t y = rescale(sum, p->multiplier, p->shift) + p->zero_point_out;
    return (int8_t)clamp(y, INT8_MIN, INT8_MAX);
}

#include "batch_matmul_s8.inc"

void batch_matmul_s8(const params *p, const int8_t *a, const int8_t *b, int8_t *out)
{
    multiply(p, a, b, out);
}
