#include "cast.h"

static int32_t cast(float x)
{
    if (x >= 2147483648.0f)
        return INT32_MAX;
    if (x < -2147483648.0f)
        return INT32_MIN;
    return x == x ? (int32_t)x : 0;
}

void cast_f32_s32(const struct cast_f32_s32_params *restrict p, const float *in, int32_t *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = cast(in[i]);
}
