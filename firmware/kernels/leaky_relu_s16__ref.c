#include "unary_s16.h"

#include "fixed_point.h"

void leaky_relu_s16(const struct leaky_relu_s16_params *p, const int16_t *in, int16_t *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t x = in[i];
        const int32_t below = rescale(x, p->multiplier_alpha, p->shift_alpha);
        const int32_t y = x >= 0 ? rescale(x, p->multiplier, p->shift)
                                 : p->is_negative ? -below : below;
        out[i] = (int16_t)clamp(y, INT16_MIN, INT16_MAX);
    }
}
