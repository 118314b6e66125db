/* DEPTHWISE_CONV_2D over NHWC: output channel c * depth_multiplier + m sees input channel c
 * alone; out_channels = in_channels * depth_multiplier. */
#ifndef HB_DEPTHWISE_CONV_2D_H
#define HB_DEPTHWISE_CONV_2D_H

#include <stdint.h>

#include "window.h"

struct depthwise_conv_2d_f32_params {
    struct window window;
    const float *weights; /* [filter_h][filter_w][out_channels] */
    const float *bias;    /* [out_channels], or null */
    int32_t in_channels, depth_multiplier;
    float min, max;
};

struct depthwise_conv_2d_s8_params {
    struct window window;
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *multipliers; /* [out_channels] */
    const int8_t *shifts;       /* [out_channels] */
    int32_t in_channels, depth_multiplier;
    int8_t input_zero_point;
    int8_t output_zero_point;
    int8_t min, max;
};

/* int16 activations of zero point 0; sums have 64 bits (wide.h). */
struct depthwise_conv_2d_s16_params {
    struct window window;
    const int8_t *weights;
    const int64_t *bias;
    const int16_t *multipliers; /* [out_channels] */
    const int8_t *shifts;       /* [out_channels] */
    int32_t in_channels, depth_multiplier;
    int16_t min, max;
};

/* int8 weights beside float inputs (hybrid.h). `scratch` has a byte for each input of a batch. */
struct depthwise_conv_2d_hybrid_params {
    struct window window;
    const int8_t *weights; /* [filter_h][filter_w][out_channels] */
    const float *scales;   /* [out_channels], of the weights */
    const float *bias;
    int32_t in_channels, depth_multiplier;
    float min, max;
    int8_t is_asymmetric;
};

void depthwise_conv_2d_f32(const struct depthwise_conv_2d_f32_params *p, const float *in,
                           float *out);
void depthwise_conv_2d_s8(const struct depthwise_conv_2d_s8_params *p, const int8_t *in,
                          int8_t *out);
void depthwise_conv_2d_s16(const struct depthwise_conv_2d_s16_params *p, const int16_t *in,
                           int16_t *out);
void depthwise_conv_2d_hybrid(const struct depthwise_conv_2d_hybrid_params *p, const float *in, float *out,
                              void *scratch);

#endif
