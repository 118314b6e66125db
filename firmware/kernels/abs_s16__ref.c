#include "unary_s16.h"

#include "fixed_point.h"

void abs_s16(const struct abs_s16_params *p, const int16_t *in, int16_t *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t x = in[i] < 0 ? -in[i] : in[i];
        const int32_t y = p->multiplier ? rescale(x, p->multiplier, p->shift) : x;
        out[i] = (int16_t)clamp(y, INT16_MIN, INT16_MAX);
    }
}
