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

/* Both tables have their values at the beginnings of 512 cells of all int16, and the last one's
 * end: exp from -10 to 0 and 1 / (1 + x) from 0 to 1, in units of 2^-15. The sum is below 2^31. */
struct softmax_s16_params {
    const int16_t *exps;        /* [513] */
    const int16_t *reciprocals; /* [513] */
    int32_t rows, depth;
    int32_t multiplier; /* beta * input scale, from 65535 for 10 */
    int8_t shift;
};

void softmax_f32(const struct softmax_f32_params *p, const float *in, float *out);
void softmax_s8(const struct softmax_s8_params *p, const int8_t *in, int8_t *out);
void softmax_s16(const struct softmax_s16_params *p, const int16_t *in, int16_t *out);

#endif
