#include "fixed_point.h"
#include "fully_connected.h"
#include "wide.h"

void fully_connected_s16(const struct fully_connected_s16_params *restrict p, const int16_t *in,
                         int16_t *out)
{
    for (int32_t b = 0; b < p->batches; b++, in += p->columns) {
        const int8_t *weights = p->weights;
        for (int32_t r = 0; r < p->rows; r++, weights += p->columns) {
            int64_t sum = p->bias ? p->bias[r] : 0;
            for (int32_t c = 0; c < p->columns; c++)
                sum += in[c] * weights[c];
            const int32_t y = rescale_wide(sum, p->multipliers[r], p->shifts[r]);
            *out++ = (int16_t)clamp(y, p->min, p->max);
        }
    }
}
