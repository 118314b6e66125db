/* CONV_2D over NHWC: out[n][y][x][o] = activation(bias[o] + sum over the window and the input
 * channels of in * weights[o][i][j][c]). */
#ifndef HB_CONV_2D_H
#define HB_CONV_2D_H

#include <stdint.h>

#include "window.h"

struct conv_2d_f32_params {
    struct window window;
    const float *weights; /* [out_channels / 8][filter_h][filter_w][in_channels][8], then the output
                           * channels behind: [filter_h][filter_w][in_channels] each */
    const float *bias;    /* [out_channels], or null */
    int32_t in_channels, out_channels;
    int32_t windows;         /* that lie in scratch at once */
    int32_t sets, first_set; /* of weights, as conv_2d_packed.h has them */
    float min, max;
};

struct conv_2d_s8_params {
    struct window window;
    const int8_t *weights; /* [out_channels][filter_h][filter_w][in_channels] */
    const int32_t *bias;
    const int32_t *multipliers; /* [out_channels] */
    const int8_t *shifts;       /* [out_channels] */
    int32_t in_channels, out_channels;
    int8_t input_zero_point;
    int8_t output_zero_point;
    int8_t min, max;
};

/* int16 activations of zero point 0; sums have 64 bits (wide.h). */
struct conv_2d_s16_params {
    struct window window;
    const int8_t *weights; /* [out_channels][filter_h][filter_w][in_channels] */
    const int64_t *bias;
    const int16_t *multipliers; /* [out_channels] */
    const int8_t *shifts;       /* [out_channels] */
    int32_t in_channels, out_channels;
    int16_t min, max;
};

/* int8 weights beside float inputs (hybrid.h). `scratch` has a byte for each input of a batch. */
struct conv_2d_hybrid_params {
    struct window window;
    const int8_t *weights; /* [out_channels][filter_h][filter_w][in_channels] */
    const float *scales;   /* [out_channels], of the weights */
    const float *bias;
    int32_t in_channels, out_channels;
    float min, max;
    int8_t is_asymmetric;
};

/* scratch: windows of filter_h * filter_w * in_channels floats, which a filter of 1x1 and of stride 1 does
 * not use */
void conv_2d_f32(const struct conv_2d_f32_params *p, const float *in, float *out, void *scratch);
void conv_2d_s8(const struct conv_2d_s8_params *p, const int8_t *in, int8_t *out);
void conv_2d_s16(const struct conv_2d_s16_params *p, const int16_t *in, int16_t *out);
void conv_2d_hybrid(const struct conv_2d_hybrid_params *p, const float *in, float *out,
                    void *scratch);

#endif
