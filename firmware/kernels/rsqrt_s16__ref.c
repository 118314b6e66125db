#include "unary_s16.h"

#include "inverse_sqrt.h"

enum { BITS = 20 }; /* behind the point of 1 / sqrt(x) */

void rsqrt_s16(const struct rsqrt_s16_params *p, const int16_t *in, int16_t *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        int32_t y = INT16_MAX;
        if (in[i] > 0) {
            const struct inverse_sqrt root = inverse_sqrt_of(in[i]);
            y = rescale(rescale(1, root.multiplier, root.shift + BITS), p->multiplier,
                        p->shift - BITS);
        }
        out[i] = (int16_t)clamp(y, INT16_MIN, INT16_MAX);
    }
}
