#include "cast.h"

void cast_s32_f32(const struct cast_s32_f32_params *restrict p, const int32_t *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = (float)in[i];
}
