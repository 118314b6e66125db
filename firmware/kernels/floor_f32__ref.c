#include "unary.h"

#include "rounding_f32.h"

void floor_f32(const struct floor_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i];
        out[i] = floor_of(x);
    }
}
