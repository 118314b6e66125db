#include "quantize.h"

void requantize_narrow_s8(const struct requantize_narrow_s8_params *params, const int8_t *in,
                          int8_t *out)
{
    const struct requantize_narrow_s8_params p = *params; /* which stores to out cannot change */
#pragma GCC unroll 4
    for (int32_t i = 0; i < p.count; i++)
        out[i] = requantize_narrow(p.weight, p.offset, in[i]);
}
