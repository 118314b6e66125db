#include "cast.h"

void cast_u8_s32(const struct cast_u8_s32_params *restrict p, const uint8_t *in, int32_t *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = in[i];
}
