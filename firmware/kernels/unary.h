/* Functions of one float: out[i] = f(in[i]). The name says which f; the C library computes it. */
#ifndef HB_UNARY_H
#define HB_UNARY_H

#include <stdint.h>

struct abs_f32_params {
    int32_t count;
};

struct neg_f32_params {
    int32_t count;
};

struct square_f32_params {
    int32_t count;
};

struct sqrt_f32_params {
    int32_t count;
};

struct rsqrt_f32_params {
    int32_t count;
};

struct exp_f32_params {
    int32_t count;
};

struct log_f32_params {
    int32_t count;
};

struct sin_f32_params {
    int32_t count;
};

struct cos_f32_params {
    int32_t count;
};

struct sign_f32_params {
    int32_t count;
};

struct floor_f32_params {
    int32_t count;
};

struct ceil_f32_params {
    int32_t count;
};

struct round_f32_params {
    int32_t count;
};

struct elu_f32_params {
    int32_t count;
};

struct hard_swish_f32_params {
    int32_t count;
};

/* gelu(x) = x (1 + erf(x / sqrt(2))) / 2; `approximate` takes the form with tanh. */
struct gelu_f32_params {
    int32_t count;
    int32_t approximate;
};

struct leaky_relu_f32_params {
    int32_t count;
    float alpha; /* slope below 0 */
};

struct logical_not_params {
    int32_t count;
};

void abs_f32(const struct abs_f32_params *p, const float *in, float *out);
void neg_f32(const struct neg_f32_params *p, const float *in, float *out);
void square_f32(const struct square_f32_params *p, const float *in, float *out);
void sqrt_f32(const struct sqrt_f32_params *p, const float *in, float *out);
void rsqrt_f32(const struct rsqrt_f32_params *p, const float *in, float *out);
void exp_f32(const struct exp_f32_params *p, const float *in, float *out);
void log_f32(const struct log_f32_params *p, const float *in, float *out);
void sin_f32(const struct sin_f32_params *p, const float *in, float *out);
void cos_f32(const struct cos_f32_params *p, const float *in, float *out);
void sign_f32(const struct sign_f32_params *p, const float *in, float *out);
void floor_f32(const struct floor_f32_params *p, const float *in, float *out);
void ceil_f32(const struct ceil_f32_params *p, const float *in, float *out);
void round_f32(const struct round_f32_params *p, const float *in, float *out);
void elu_f32(const struct elu_f32_params *p, const float *in, float *out);
void hard_swish_f32(const struct hard_swish_f32_params *p, const float *in, float *out);
void gelu_f32(const struct gelu_f32_params *p, const float *in, float *out);
void leaky_relu_f32(const struct leaky_relu_f32_params *p, const float *in, float *out);
void logical_not(const struct logical_not_params *p, const uint8_t *in, uint8_t *out);

#endif
