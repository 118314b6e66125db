#include "quantize.h"
#include "round_away.h"

void quantize_f32_s16(const struct quantize_f32_s16_params *restrict p, const float *in,
                      int16_t *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        const float x = in[i] / p->scale;
        const float above = x > INT16_MIN ? x : INT16_MIN; /* also for NaN */
        out[i] = (int16_t)round_away(above > INT16_MAX ? INT16_MAX : above);
    }
}
