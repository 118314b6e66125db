#include "unary.h"

#include "rounding_f32.h"

void ceil_f32(const struct ceil_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i];
        out[i] = ceil_of(x);
    }
}
