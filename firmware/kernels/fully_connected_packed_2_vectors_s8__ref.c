#include "packed.h"
#include "rescale_s8.h"

#include "fully_connected_packed_2_vectors_s8.inc"

static void products(const params *p, const int8_t *in, int32_t multiplier, int32_t rounding,
                     int32_t shift, int8_t *out, int16_t *x)
{
    static const int8_t order[4] = {0, 2, 1, 3}; /* of the bias */
    const int32_t columns = packed_columns(p->columns);
    const int16_t *rows = p->weights;
    packed_widen(in, p->columns, p->input_zero_point, x);
    for (int32_t r = 0; r < p->rows; r += 4) {
        int32_t sums[4] = {0, 0, 0, 0};
        for (int32_t k = 0; p->bias && k < 4; k++)
            sums[k] = p->bias[r + order[k]];
        rows = packed_4(rows, x, columns, sums);
        for (int32_t k = 0; k < 4; k++)
            out[r + k] = (int8_t)rescale_s8(sums[k], multiplier, rounding, shift);
    }
}

static void products_of_2(const params *p, const int8_t *first, const int8_t *second,
                          int8_t *first_out, int8_t *second_out, void *scratch)
{
    products(p, first, p->multiplier_a, p->rounding_a, p->shift_a, first_out, scratch);
    products(p, second, p->multiplier_b, p->rounding_b, p->shift_b, second_out, scratch);
}
