#include "quantize.h"

#include "limited_s8_mve.h"

void requantize_narrow_s8(const struct requantize_narrow_s8_params *params, const int8_t *in,
                          int8_t *out)
{
    const struct requantize_narrow_s8_params p = *params; /* which stores to out cannot change */
    int32_t i = 0;
    for (; i + 4 <= p.count; i += 4) {
        const int32x4_t weighted = vmulq_n_s32(vldrbq_s32(in + i), p.weight);
        const int32x4_t sums = vaddq_n_s32(weighted, p.offset);
        vstrbq_s32(out + i, limited_s8(vshrq_n_s32(sums, REQUANTIZE_NARROW_S8_FRACTION_BITS)));
    }
    for (; i < p.count; i++)
        out[i] = requantize_narrow(p.weight, p.offset, in[i]);
}
