/* UNIDIRECTIONAL_SEQUENCE_LSTM without peepholes, projection or normalisation:
 *
 *   z_k = W_k x + b_k + R_k h     for the gates k = i, f, g, o (in, forget, cell, out)
 *   c   = logistic(z_f) c + logistic(z_i) tanh(z_g), clipped
 *   h   = logistic(z_o) tanh(c)
 *
 * for each step of a sequence; out has every h. Hochreiter and Schmidhuber, Neural Computation
 * 9(8), 1997, with the forget gate of Gers et al. 2000.
 *
 * h and c are kept from call to call: the caller clears them when a sequence begins. Weights are
 * interleaved, so that the four gates of a unit are four rows that follow each other.
 */
#ifndef HB_UNIDIRECTIONAL_SEQUENCE_LSTM_H
#define HB_UNIDIRECTIONAL_SEQUENCE_LSTM_H

#include <stdint.h>

#include "logistic_table.h"

enum { LSTM_INPUT = 0, LSTM_FORGET = 1, LSTM_CELL = 2, LSTM_OUTPUT = 3, LSTM_GATES = 4 };

/* Two units at a time, column after column; the last of an odd number as it is. */
struct unidirectional_sequence_lstm_f32_params {
    const float *input_weights;     /* [units / 2][inputs][2][gates], then [gates][inputs] */
    const float *recurrent_weights; /* [units / 2][units][2][gates], then [gates][units] */
    const float *bias;              /* [units][gates] */
    int32_t batches, steps, inputs, units;
    float clip; /* of |c| */
};

/* From the gates' arguments to the states. z and the arguments of tanh are in units of 2^-12,
 * values of logistic and tanh in units of 2^-15, c in a power of two of its own. */
struct lstm_cell_s8 {
    const struct lstm_logistic_table *logistic;
    int32_t cell_multiplier;   /* 2^-30 / c scale */
    int32_t hidden_multiplier; /* 2^-30 / h scale */
    int32_t tanh_multiplier;   /* c in units of 2^-12 / 3 is */
    int8_t tanh_shift;         /* c * multiplier / 2^shift */
    int8_t cell_shift, hidden_shift;
    int8_t hidden_zero_point;
    int16_t clip_min, clip_max; /* of c */
};

/* The offsets are bias - zero point * sum of the row. */
struct unidirectional_sequence_lstm_s8_params {
    const int8_t *input_weights;      /* [units][gates][inputs], zero point 0 */
    const int8_t *recurrent_weights;  /* [units][gates][units], zero point 0 */
    const int32_t *input_offsets;     /* [units][gates] */
    const int32_t *recurrent_offsets; /* [units][gates] */
    int32_t batches, steps, inputs, units;
    int32_t input_multipliers[LSTM_GATES];     /* input scale * weight scale / 2^-12 */
    int32_t recurrent_multipliers[LSTM_GATES]; /* h scale * weight scale / 2^-12 */
    int8_t input_shifts[LSTM_GATES];
    int8_t recurrent_shifts[LSTM_GATES];
    struct lstm_cell_s8 cell;
};

/* The same of int16 activations and h, whose zero points are 0; sums have 64 bits (wide.h). */
struct unidirectional_sequence_lstm_s16_params {
    const int8_t *input_weights;     /* [units][gates][inputs], zero point 0 */
    const int8_t *recurrent_weights; /* [units][gates][units], zero point 0 */
    const int64_t *bias;             /* [units][gates] */
    int32_t batches, steps, inputs, units;
    int16_t input_multipliers[LSTM_GATES];
    int16_t recurrent_multipliers[LSTM_GATES];
    int8_t input_shifts[LSTM_GATES];
    int8_t recurrent_shifts[LSTM_GATES];
    struct lstm_cell_s8 cell;
};

/* int8 weights beside float inputs (hybrid.h): of each step x and the h before are quantized.
 * `scratch` has a byte for each input and each unit. */
struct unidirectional_sequence_lstm_hybrid_params {
    const int8_t *input_weights;     /* [units][gates][inputs], zero point 0 */
    const int8_t *recurrent_weights; /* [units][gates][units], zero point 0 */
    const float *bias;               /* [units][gates] */
    int32_t batches, steps, inputs, units;
    float input_scales[LSTM_GATES];
    float recurrent_scales[LSTM_GATES];
    float clip;
    int8_t is_asymmetric;
};

/* The same over packed rows (packed.h), the matrices of the four gates one behind the other. The
 * compiler takes it where the packed product is exact and all shifts are from 1 to 22, those of the
 * cell to the right, too. */
struct unidirectional_sequence_lstm_packed_s8_params {
    const int16_t *input_weights;
    const int16_t *recurrent_weights;
    const int32_t *input_bias; /* [gates][units], doubled, of each four in the order 0 2 1 3 */
    int32_t batches, steps, inputs, units;
    int32_t input_multipliers[LSTM_GATES];
    int32_t recurrent_multipliers[LSTM_GATES];
    int8_t input_shifts[LSTM_GATES]; /* to the right */
    int8_t recurrent_shifts[LSTM_GATES];
    int8_t input_zero_point;
    struct lstm_cell_s8 cell;
};

/* in [batches][steps][inputs], hidden and cell [batches][units], out [batches][steps][units] */
void unidirectional_sequence_lstm_f32(const struct unidirectional_sequence_lstm_f32_params *p,
                                      const float *in, float *hidden, float *cell, float *out);
void unidirectional_sequence_lstm_s8(const struct unidirectional_sequence_lstm_s8_params *p,
                                     const int8_t *in, int8_t *hidden, int16_t *cell, int8_t *out);
void unidirectional_sequence_lstm_s16(const struct unidirectional_sequence_lstm_s16_params *p,
                                      const int16_t *in, int16_t *hidden, int16_t *cell,
                                      int16_t *out);
void unidirectional_sequence_lstm_hybrid(
    const struct unidirectional_sequence_lstm_hybrid_params *p, const float *in, float *hidden,
    float *cell, float *out, void *scratch);

/* With n = 1 where there is one step and n = 2 where there are more, `scratch` has halfwords for
 * 4 n units, and for the greater of packed_columns(units) and (3 n - 2) packed_columns(inputs). */
void unidirectional_sequence_lstm_packed_s8(
    const struct unidirectional_sequence_lstm_packed_s8_params *p, const int8_t *in,
    int8_t *hidden, int16_t *cell, int8_t *out, void *scratch);

#endif
