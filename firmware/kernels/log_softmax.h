/* LOG_SOFTMAX over the last axis: x - max - log(sum(exp(x - max))). */
#ifndef HB_LOG_SOFTMAX_H
#define HB_LOG_SOFTMAX_H

#include <stdint.h>

struct log_softmax_f32_params {
    int32_t rows, columns;
};

/* exps as softmax_s8 has them. A difference d >= least counts, and multiply_high(d * 2^shift,
 * multiplier) has 26 fraction bits; back from there leads multiply_high with divisor, over
 * 2^divisor_shift. Output scale 1/16, zero point 127. */
struct log_softmax_s8_params {
    const int32_t *exps; /* [256] */
    int32_t rows, columns;
    int32_t multiplier, divisor;
    int32_t least;
    int8_t shift, divisor_shift;
};

void log_softmax_f32(const struct log_softmax_f32_params *p, const float *in, float *out);
void log_softmax_s8(const struct log_softmax_s8_params *p, const int8_t *in, int8_t *out);

#endif
