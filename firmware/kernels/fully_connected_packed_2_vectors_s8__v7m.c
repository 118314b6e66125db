#include "packed_2_vectors_v7m.h"
#include "packed_columns.h"
#include "rescale_s8_v7m.h"

#include "fully_connected_packed_2_vectors_s8.inc"

/* A widened word of either input in turns. */
static void widen(const int8_t *in, int32_t columns, int32_t zero_point, uint32_t *x)
{
    const int32_t zero = 2 * zero_point;
    int32_t left = packed_columns(columns);
    for (; columns >= 4; columns -= 4, left -= 4, in += 4, x += 4) {
        const int32_t i0 = in[0], i1 = in[1], i2 = in[2], i3 = in[3];
        x[0] = (uint16_t)(2 * i0 - zero) | (uint32_t)(2 * i2 - zero) << 16;
        x[2] = (uint16_t)(2 * i1 - zero) | (uint32_t)(2 * i3 - zero) << 16;
    }
    for (; left > 0; columns = 0, left -= 4, x += 4) {
        x[0] = columns > 0 ? (uint16_t)(2 * in[0] - zero) : 0;
        x[0] |= columns > 2 ? (uint32_t)(2 * in[2] - zero) << 16 : 0;
        x[2] = columns > 1 ? (uint16_t)(2 * in[1] - zero) : 0;
    }
}

static void products_of_2(const params *given, const int8_t *first, const int8_t *second,
                          int8_t *first_out, int8_t *second_out, void *scratch)
{
    static const int8_t order[4] = {0, 2, 1, 3}; /* of the bias */
    const params own = *given, *const p = &own; /* which stores to out cannot change */
    uint32_t *const x = scratch, *const end = x + packed_columns(p->columns);
    const int16_t *rows = p->weights;
    widen(first, p->columns, p->input_zero_point, x);
    widen(second, p->columns, p->input_zero_point, x + 1);
    for (int32_t r = 0; r < p->rows; r += 4) {
        int32_t sums[8];
        rows = packed_4_rows_by_2(rows, x, end, sums);
        for (int32_t k = 0; k < 4; k++) {
            const int32_t bias = p->bias ? p->bias[r + order[k]] : 0;
            first_out[r + k] = (int8_t)rescale_s8(bias + sums[k], p->multiplier_a, p->rounding_a,
                                                  p->shift_a);
            second_out[r + k] = (int8_t)rescale_s8(bias + sums[4 + k], p->multiplier_b,
                                                   p->rounding_b, p->shift_b);
        }
    }
}
