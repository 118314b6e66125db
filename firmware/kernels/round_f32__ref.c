#include "unary.h"

#include "rounding_f32.h"

void round_f32(const struct round_f32_params *p, const float *in, float *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i];
        out[i] = nearest_of(x);
    }
}
