#include <string.h>

#include "hybrid.h"
#include "sigmoid_f32.h"
#include "unidirectional_sequence_lstm.h"

typedef struct unidirectional_sequence_lstm_hybrid_params params;

/* One step of a sequence from the quantized x and h before. */
static void step(const params *p, struct hybrid_row x_row, const int8_t *x,
                 struct hybrid_row h_row, const int8_t *h, float *cell, float *out)
{
    for (int32_t u = 0; u < p->units; u++) {
        float z[LSTM_GATES];
        for (int32_t k = 0; k < LSTM_GATES; k++) {
            const int32_t row = u * LSTM_GATES + k;
            const int32_t of_x = hybrid_dot(x, x_row.zero_point,
                                            p->input_weights + row * p->inputs, p->inputs);
            const int32_t of_h = hybrid_dot(h, h_row.zero_point,
                                            p->recurrent_weights + row * p->units, p->units);
            z[k] = p->bias[row] + (float)of_x * (x_row.scale * p->input_scales[k]) +
                   (float)of_h * (h_row.scale * p->recurrent_scales[k]);
        }
        const float c = logistic_of(z[LSTM_FORGET]) * cell[u] +
                        logistic_of(z[LSTM_INPUT]) * tanh_of(z[LSTM_CELL]);
        cell[u] = hybrid_limited(c, -p->clip, p->clip);
        out[u] = logistic_of(z[LSTM_OUTPUT]) * tanh_of(cell[u]);
    }
}

void unidirectional_sequence_lstm_hybrid(const params *restrict p, const float *in, float *hidden,
                                         float *cell, float *out, void *scratch)
{
    int8_t *const x = scratch, *const h = x + p->inputs;
    for (int32_t b = 0; b < p->batches; b++, hidden += p->units, cell += p->units) {
        const float *before = hidden;
        for (int32_t t = 0; t < p->steps; t++, in += p->inputs, out += p->units) {
            const struct hybrid_row x_row = hybrid_row(in, p->inputs, p->is_asymmetric, x);
            const struct hybrid_row h_row = hybrid_row(before, p->units, p->is_asymmetric, h);
            step(p, x_row, x, h_row, h, cell, out);
            before = out;
        }
        if (p->steps > 0)
            memcpy(hidden, before, (size_t)p->units * sizeof *hidden);
    }
}
