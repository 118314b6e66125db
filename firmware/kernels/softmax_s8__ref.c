#include "softmax.h"

#include "softmax_s8.inc"

static int32_t row_max(const int8_t *in, int32_t n)
{
    return max_of(in, n);
}

static uint32_t row_sum(const int32_t *exps, int32_t zero, const int8_t *in, int32_t n)
{
    return sum_of(exps, zero, in, n);
}

static void shares(const int32_t *restrict exps, int32_t zero, const int8_t *restrict in, int32_t n,
                   uint32_t scale, int32_t shift, int8_t *restrict out)
{
#pragma GCC unroll 4
    for (int32_t c = 0; c < n; c++)
        out[c] = share(exps[zero + in[c]], scale, shift);
}
