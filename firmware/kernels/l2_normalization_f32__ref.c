#include "l2_normalization.h"

#include "square_root_f32.h"

void l2_normalization_f32(const struct l2_normalization_f32_params *p, const float *in, float *out)
{
    for (int32_t row = 0; row < p->rows; row++, in += p->columns, out += p->columns) {
        float squares = 0.0f;
        for (int32_t i = 0; i < p->columns; i++)
            squares += in[i] * in[i];
        const float norm = square_root_of(squares);
        const float divisor = norm > 1e-6f ? norm : 1e-6f; /* a row of zeros stays one */
        for (int32_t i = 0; i < p->columns; i++)
            out[i] = in[i] / divisor;
    }
}
