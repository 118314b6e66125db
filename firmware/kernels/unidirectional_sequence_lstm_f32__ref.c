#include "unidirectional_sequence_lstm.h"

#include <math.h>
#include <string.h>

#include "dot_f32.h"

typedef struct unidirectional_sequence_lstm_f32_params params;

static float logistic(float x)
{
    const float e = expf(-fabsf(x)); /* cannot overflow */
    return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

/* h and next may not overlap: every unit needs all of the h before. */
static void step(const params *restrict p, const float *in, const float *restrict h,
                 float *restrict cell, float *restrict next)
{
    for (int32_t u = 0; u < p->units; u++) {
        const int32_t first = u * LSTM_GATES;
        float z[LSTM_GATES], from_hidden[LSTM_GATES];
        dot_4_f32(p->input_weights + first * p->inputs, in, p->inputs, z);
        dot_4_f32(p->recurrent_weights + first * p->units, h, p->units, from_hidden);
        for (int32_t k = 0; k < LSTM_GATES; k++)
            z[k] += p->bias[first + k] + from_hidden[k];
        const float c = logistic(z[LSTM_FORGET]) * cell[u] +
                        logistic(z[LSTM_INPUT]) * tanhf(z[LSTM_CELL]);
        cell[u] = fmaxf(-p->clip, fminf(p->clip, c));
        next[u] = logistic(z[LSTM_OUTPUT]) * tanhf(cell[u]);
    }
}

void unidirectional_sequence_lstm_f32(const params *p, const float *in, float *hidden, float *cell,
                                      float *out)
{
    for (int32_t b = 0; b < p->batches; b++, hidden += p->units, cell += p->units) {
        const float *h = hidden; /* afterwards what the step before has put out */
        for (int32_t t = 0; t < p->steps; t++, in += p->inputs, h = out, out += p->units)
            step(p, in, h, cell, out);
        if (p->steps > 0)
            memcpy(hidden, h, (size_t)p->units * sizeof *h);
    }
}
