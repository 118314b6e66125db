/* Functions of one int16, zero points 0: out[i] = f(in[i]). Factors are those of rescale(). */
#ifndef HB_UNARY_S16_H
#define HB_UNARY_S16_H

#include <stdint.h>

struct abs_s16_params {
    int32_t count;
    int32_t multiplier; /* input scale / output scale; 0 where they are the same */
    int8_t shift;
};

struct leaky_relu_s16_params {
    int32_t count;
    int32_t multiplier;       /* input scale / output scale */
    int32_t multiplier_alpha; /* times the slope of negative inputs, without its sign */
    int8_t shift, shift_alpha;
    int8_t is_negative; /* the slope */
};

/* RELU, RELU6, RELU_N1_TO_1: limits after scaling. */
struct relu_s16_params {
    int32_t count;
    int32_t multiplier; /* input scale / output scale */
    int8_t shift;
    int16_t min, max;
};

/* The largest output where the input is not positive. */
struct rsqrt_s16_params {
    int32_t count;
    int32_t multiplier; /* 1 / (sqrt(input scale) * output scale) */
    int8_t shift;       /* -11 to 29 */
};

void abs_s16(const struct abs_s16_params *p, const int16_t *in, int16_t *out);
void leaky_relu_s16(const struct leaky_relu_s16_params *p, const int16_t *in, int16_t *out);
void relu_s16(const struct relu_s16_params *p, const int16_t *in, int16_t *out);
void rsqrt_s16(const struct rsqrt_s16_params *p, const int16_t *in, int16_t *out);

#endif
