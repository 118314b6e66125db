#include <string.h>

#include "between.h"
#include "fixed_point.h"
#include "saturate.h"
#include "wide.h"

static int32_t product_s16(int32_t product, int32_t multiplier, int32_t shift)
{
    return saturate_16(rescale_product(product, multiplier, shift));
}

#include "lstm_cell_s8.inc"

typedef struct unidirectional_sequence_lstm_s16_params params;

static int64_t dot(const int8_t *weights, const int16_t *in, int32_t n)
{
    int64_t sum = 0;
    for (int32_t c = 0; c < n; c++)
        sum += in[c] * weights[c];
    return sum;
}

/* The argument of gate k of unit u. */
static int16_t gate(const params *p, int32_t u, int32_t k, const int16_t *in, const int16_t *h)
{
    const int32_t row = u * LSTM_GATES + k;
    const int64_t x = dot(p->input_weights + row * p->inputs, in, p->inputs) + p->bias[row];
    const int64_t r = dot(p->recurrent_weights + row * p->units, h, p->units);
    const int32_t z =
        saturate_16(rescale_wide(x, p->input_multipliers[k], p->input_shifts[k])) +
        saturate_16(rescale_wide(r, p->recurrent_multipliers[k], p->recurrent_shifts[k]));
    return (int16_t)saturate_16(z);
}

void unidirectional_sequence_lstm_s16(const params *p, const int16_t *in, int16_t *hidden,
                                      int16_t *cell, int16_t *out)
{
    const int16_t *const values = middle(&p->cell);
    for (int32_t b = 0; b < p->batches; b++, hidden += p->units, cell += p->units) {
        const int16_t *h = hidden; /* afterwards what the step before has put out */
        for (int32_t t = 0; t < p->steps; t++, in += p->inputs, h = out, out += p->units)
            for (int32_t u = 0; u < p->units; u++) {
                int16_t z[LSTM_GATES];
                for (int32_t k = 0; k < LSTM_GATES; k++)
                    z[k] = gate(p, u, k, in, h);
                cell[u] = next_cell(&p->cell, values, z, cell[u]);
                clip_cells(&p->cell, cell + u, 1);
                out[u] = (int16_t)hidden_of(&p->cell, values, z, cell[u]);
            }
        if (p->steps > 0)
            memcpy(hidden, h, (size_t)p->units * sizeof *hidden);
    }
}
