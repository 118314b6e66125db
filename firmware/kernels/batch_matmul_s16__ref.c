#include "batch_matmul.h"

#include "wide.h"

#define OPERATOR batch_matmul_s16
#define TYPE int16_t
#define SUM int64_t

static inline int64_t product(const struct batch_matmul_s16_params *p, int16_t a, int16_t b)
{
    (void)p;
    return a * b;
}

static inline int16_t result(const struct batch_matmul_s16_params *p, int64_t sum)
{
    return (int16_t)clamp(rescale_wide(sum, p->multiplier, p->shift), INT16_MIN, INT16_MAX);
}

#include "batch_matmul.inc"
