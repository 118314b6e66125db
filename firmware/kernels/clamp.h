/* RELU, RELU6, RELU_N1_TO_1 in float: out = in limited to [min, max]. */
#ifndef HB_CLAMP_H
#define HB_CLAMP_H

#include <stdint.h>

struct clamp_f32_params {
    int32_t count;
    float min, max;
};

void clamp_f32(const struct clamp_f32_params *p, const float *in, float *out);

#endif
