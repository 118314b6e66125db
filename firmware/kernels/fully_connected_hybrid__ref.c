#include "fully_connected.h"
#include "hybrid.h"

void fully_connected_hybrid(const struct fully_connected_hybrid_params *restrict p,
                            const float *in, float *out, void *scratch)
{
    int8_t *const quantized = scratch;
    for (int32_t b = 0; b < p->batches; b++, in += p->columns) {
        const struct hybrid_row row = hybrid_row(in, p->columns, p->is_asymmetric, quantized);
        for (int32_t r = 0; r < p->rows; r++) {
            const int8_t *weights = p->weights + r * p->columns;
            const int32_t sum = hybrid_dot(quantized, row.zero_point, weights, p->columns);
            const float bias = p->bias ? p->bias[r] : 0.0f;
            const float y = bias + (float)sum * (row.scale * p->scales[r]);
            *out++ = hybrid_limited(y, p->min, p->max);
        }
    }
}
