#include "batch_matmul.h"

#include "wide.h"

typedef struct batch_matmul_s16_params params;
#define TYPE int16_t
#define SUM int64_t

static inline int64_t product(const params *p, int16_t a, int16_t b)
{
    (void)p;
    return a * b;
}

static inline int16_t result(const params *p, int64_t sum)
{
    return (int16_t)clamp(rescale_wide(sum, p->multiplier, p->shift), INT16_MIN, INT16_MAX);
}

#include "batch_matmul.inc"

void batch_matmul_s16(const params *p, const int16_t *a, const int16_t *b, int16_t *out)
{
    multiply(p, a, b, out);
}
