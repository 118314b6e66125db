#include "quantize.h"

#include "narrow.h"
#include "narrow_mve.h"

void requantize_narrow_s8(const struct requantize_narrow_s8_params *params, const int8_t *in,
                          int8_t *out)
{
    const struct requantize_narrow_s8_params p = *params; /* which stores to out cannot change */
    int32_t i = 0;
    for (; i + 4 <= p.count; i += 4) {
        const int32x4_t weighted = vmulq_n_s32(vldrbq_s32(in + i), p.weight);
        vstrbq_s32(out + i, narrow_4(vaddq_n_s32(weighted, p.offset)));
    }
    for (; i < p.count; i++)
        out[i] = narrow(in[i] * p.weight + p.offset);
}
