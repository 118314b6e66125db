/* LOGISTIC: out = 1 / (1 + exp(-in)). In int8 it is tanh_s8 (tanh.h). */
#ifndef HB_LOGISTIC_H
#define HB_LOGISTIC_H

#include <stdint.h>

struct logistic_f32_params {
    int32_t count;
};

void logistic_f32(const struct logistic_f32_params *p, const float *in, float *out);

#endif
