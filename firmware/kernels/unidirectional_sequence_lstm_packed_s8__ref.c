#include "between.h"
#include "packed.h"
#include "rescale_s8.h"
#include "saturate.h"

#include "unidirectional_sequence_lstm_packed_s8.inc"

static const int16_t *rows_by_4(const struct gate *g, const int16_t *x, int16_t *out)
{
    static const int8_t order[4] = {0, 2, 1, 3}; /* of the bias */
    const int16_t *rows = g->weights;
    for (int32_t r = 0; r + 4 <= g->rows; r += 4) {
        int32_t sums[4] = {0, 0, 0, 0};
        for (int32_t k = 0; g->bias && k < 4; k++)
            sums[k] = g->bias[r + order[k]];
        rows = packed_4(rows, x, g->columns, sums);
        for (int32_t k = 0; k < 4; k++)
            out[r + k] = (int16_t)rescale_s16(sums[k], g->multiplier, g->rounding, g->shift);
    }
    return rows;
}

static void beside(const struct two_inputs *x, int32_t columns)
{
    (void)x, (void)columns;
}

static void products_of_2(const struct gate *g, const struct two_inputs *x, int16_t *first,
                          int16_t *second)
{
    product(g, x->first, first);
    product(g, x->second, second);
}

static void add(int16_t *z, const int16_t *y, int32_t n)
{
    for (int32_t u = 0; u < n; u++)
        z[u] = (int16_t)saturate_16(z[u] + y[u]);
}
