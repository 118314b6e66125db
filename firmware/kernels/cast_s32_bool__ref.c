#include "cast.h"

void cast_s32_bool(const struct cast_s32_bool_params *restrict p, const int32_t *in, uint8_t *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = in[i] != 0;
}
