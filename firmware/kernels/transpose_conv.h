/* TRANSPOSE_CONV over NHWC: each input pixel adds the filter, times itself, around its place. */
#ifndef HB_TRANSPOSE_CONV_H
#define HB_TRANSPOSE_CONV_H

#include <stdint.h>

struct transpose_conv_shape {
    int32_t batches, in_h, in_w, in_channels, out_h, out_w, out_channels;
    int32_t filter_h, filter_w, stride_h, stride_w, pad_h, pad_w;
};

struct transpose_conv_f32_params {
    struct transpose_conv_shape shape;
    const float *weights; /* [out_channels][filter_h][filter_w][in_channels] */
    const float *bias;    /* [out_channels], may be null */
    float min, max;
};

struct transpose_conv_s8_params {
    struct transpose_conv_shape shape;
    const int8_t *weights;      /* [out_channels][filter_h][filter_w][in_channels] */
    const int32_t *bias;        /* [out_channels], may be null */
    const int32_t *multipliers; /* [out_channels] */
    const int8_t *shifts;       /* [out_channels] */
    int8_t input_zero_point, output_zero_point;
    int8_t min, max;
};

void transpose_conv_f32(const struct transpose_conv_f32_params *p, const float *in, float *out);
void transpose_conv_s8(const struct transpose_conv_s8_params *p, const int8_t *in, int8_t *out);

#endif
