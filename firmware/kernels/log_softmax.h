/* LOG_SOFTMAX over the last axis: x - max - log(sum(exp(x - max))). */
#ifndef HB_LOG_SOFTMAX_H
#define HB_LOG_SOFTMAX_H

#include <stdint.h>

struct log_softmax_f32_params {
    int32_t rows, columns;
};

void log_softmax_f32(const struct log_softmax_f32_params *p, const float *in, float *out);

#endif
