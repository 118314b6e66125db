#include "cast.h"

void cast_u8_f32(const struct cast_u8_f32_params *restrict p, const uint8_t *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = (float)in[i];
}
