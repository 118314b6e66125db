#include "lut.h"

void lut_bytes(const struct lut_bytes_params *restrict p, const void *in, void *out)
{
    const uint8_t *from = in;
    uint8_t *to = out;
    for (int32_t i = 0; i < p->count; i++)
        to[i] = p->table[from[i]];
}
