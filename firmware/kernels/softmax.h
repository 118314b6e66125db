/* SOFTMAX over the last axis: out[r][c] = exp(beta * in[r][c]) / sum over c of the same. */
#ifndef HB_SOFTMAX_H
#define HB_SOFTMAX_H

#include <stdint.h>

struct softmax_f32_params {
    int32_t rows, depth;
    float beta;
};

/* exps[255 - d] = exp(-beta * input scale * d) with 31 fraction bits, as TFLite's fixed-point exp
 * gives it; 0 from the difference on that TFLite ignores. Output scale 1/256, zero point -128. */
struct softmax_s8_params {
    const int32_t *exps; /* [256] */
    int32_t rows, depth;
};

void softmax_f32(const struct softmax_f32_params *p, const float *in, float *out);
void softmax_s8(const struct softmax_s8_params *p, const int8_t *in, int8_t *out);

#endif
