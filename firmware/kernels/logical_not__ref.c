#include "unary.h"

void logical_not(const struct logical_not_params *p, const uint8_t *in, uint8_t *out)
{
    for (int32_t i = 0; i < p->count; i++)
        out[i] = !in[i];
}
