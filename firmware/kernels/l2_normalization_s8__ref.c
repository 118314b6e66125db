#include "l2_normalization.h"

#include "inverse_sqrt.h"

/* x times the root, rounded once, to nearest and ties up: here TFLM does not round twice. */
static inline int32_t times(int32_t x, struct inverse_sqrt root)
{
    const int32_t bits = 31 - root.shift;
    return (int32_t)(((int64_t)x * root.multiplier + (1LL << (bits - 1))) >> bits);
}

void l2_normalization_s8(const struct l2_normalization_s8_params *restrict p, const int8_t *in,
                         int8_t *out)
{
    for (int32_t row = 0; row < p->rows; row++, in += p->columns, out += p->columns) {
        int32_t squares = 0;
        for (int32_t i = 0; i < p->columns; i++) {
            const int32_t x = in[i] - p->zero_point;
            squares += x * x;
        }
        const struct inverse_sqrt root = inverse_sqrt_of(squares);
        for (int32_t i = 0; i < p->columns; i++) {
            const int32_t x = 128 * (in[i] - p->zero_point);
            out[i] = (int8_t)clamp(times(x, root), INT8_MIN, INT8_MAX);
        }
    }
}
