#include "unary_s16.h"

#include "fixed_point.h"

void relu_s16(const struct relu_s16_params *p, const int16_t *in, int16_t *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = (int16_t)clamp(rescale(in[i], p->multiplier, p->shift), p->min, p->max);
}
