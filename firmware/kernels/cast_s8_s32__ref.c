#include "cast.h"

void cast_s8_s32(const struct cast_s8_s32_params *restrict p, const int8_t *in, int32_t *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = (int32_t)in[i];
}
