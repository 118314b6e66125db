#include "cast.h"

void cast_f32_bool(const struct cast_f32_bool_params *restrict p, const float *in, uint8_t *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = in[i] != 0.0f;
}
