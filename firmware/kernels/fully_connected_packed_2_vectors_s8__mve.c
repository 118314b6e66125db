#include "packed_2_vectors_mve.h"
#include "packed_widen_mve.h"
#include "rescale_s8_mve.h"

#include "fully_connected_packed_2_vectors_s8.inc"

/* Outputs of either input in the order of the bias. */
#define FINISH(sums, which)                                                                        \
    limited_s8(vshlq_r_s32(                                                                        \
        vaddq_n_s32(rescale_high((sums), vdupq_n_s32(p->multiplier_##which)), p->rounding_##which), \
        -p->shift_##which))

static void products_of_2(const params *given, const int8_t *first, const int8_t *second,
                          int8_t *first_out, int8_t *second_out, void *scratch)
{
    static const int32_t none[4];
    const params own = *given, *const p = &own; /* which stores to out cannot change */
    const uint32x4_t order = {0, 2, 1, 3};
    const int32_t columns = packed_columns(p->columns);
    const int32_t *bias = p->bias ? p->bias : none;
    const int32_t step = p->bias ? 4 : 0;
    const int16_t *rows = p->weights;
    int16_t *const x = scratch;
    packed_widen(first, p->columns, p->input_zero_point, x);
    packed_widen(second, p->columns, p->input_zero_point, x + columns);
    for (int32_t r = 0; r < p->rows; r += 4, bias += step) {
        const int32x4_t offsets = vldrwq_s32(bias);
        const struct packed_two sums = packed_4_by_2(&rows, x, x + columns, columns);
        const int32x4_t a = FINISH(vaddq_s32(sums.first, offsets), a);
        const int32x4_t b = FINISH(vaddq_s32(sums.second, offsets), b);
        vstrbq_scatter_offset_s32(first_out + r, order, a);
        vstrbq_scatter_offset_s32(second_out + r, order, b);
    }
}
