#include "between_dsp.h"
#include "packed_2_vectors_mve.h"
#include "packed_widen_mve.h"
#include "rescale_s8_dsp.h"
#include "rescale_s8_mve.h"
#include "saturate_dsp.h"

enum { GATES_AT_ONCE = 1 };
#include "unidirectional_sequence_lstm_packed_s8.inc"
#include "unidirectional_sequence_lstm_packed_cells.inc"

/* To the arguments z of rows r, r + 2, r + 1 and r + 3 their doubled sums without the bias. */
static inline void add_4(const struct gate *g, int32x4_t sums, int32_t r, int16_t *z)
{
    const uint32x4_t order = {0, 2 * LSTM_GATES, LSTM_GATES, 3 * LSTM_GATES};
    if (g->bias)
        sums = vaddq_s32(sums, vldrwq_s32(g->bias + r));
    const int32x4_t high = rescale_high(sums, vdupq_n_s32(g->multiplier));
    const int32x4_t words = vshlq_r_s32(vaddq_n_s32(high, g->rounding), -g->shift);
    const int32x4_t y = vmovlbq_s16(vqmovnbq_s32((int16x8_t)words, words));
    z += LSTM_GATES * r;
    const int32x4_t both = vaddq_s32(vldrhq_gather_shifted_offset_s32(z, order), y);
    const int32x4_t limited = (int32x4_t)vqmovnbq_s32((int16x8_t)both, both);
    vstrhq_scatter_shifted_offset_s32(z, order, limited);
}

static const int16_t *add_rows_by_4(const struct gate *g, const int16_t *x, int16_t *z)
{
    const struct gate own = *g; /* which stores to z cannot change */
    const int16_t *rows = own.weights;
    for (int32_t r = 0; r + 4 <= own.rows; r += 4)
        add_4(&own, packed_4(&rows, x, own.columns), r, z);
    return rows;
}

static void widen_2(const params *p, const int8_t *in, const struct two_inputs *x)
{
    packed_widen(in, p->inputs, p->input_zero_point, x->first);
    packed_widen(in + p->inputs, p->inputs, p->input_zero_point, x->second);
}

static void add_products_of_2(const struct gate *g, const struct two_inputs *x, int16_t *first,
                              int16_t *second)
{
    const struct gate own = *g;
    const int16_t *rows = own.weights;
    for (int32_t r = 0; r + 4 <= own.rows; r += 4) {
        const struct packed_two sums = packed_4_by_2(&rows, x->first, x->second, own.columns);
        add_4(&own, sums.first, r, first);
        add_4(&own, sums.second, r, second);
    }
    add_last_rows(&own, rows, x->first, first);
    add_last_rows(&own, rows, x->second, second);
}
