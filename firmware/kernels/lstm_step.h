/* One step of a float LSTM: what a loop of Keras does in a trip. */
#ifndef HB_LSTM_STEP_H
#define HB_LSTM_STEP_H

#include "unidirectional_sequence_lstm.h"

struct lstm_step_f32_params {
    struct unidirectional_sequence_lstm_f32_params layer; /* of one step */
};

/* in [batches][inputs], hidden and cell [batches][units], out the next ones: [2][batches][units] */
void lstm_step_f32(const struct lstm_step_f32_params *p, const float *in, const float *hidden,
                   const float *cell, float *out);

#endif
