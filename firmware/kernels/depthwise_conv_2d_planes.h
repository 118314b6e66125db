/* DEPTHWISE_CONV_2D over NHWC as depthwise_conv_2d.h has it, one channel at a time.
 *
 * `scratch` has some rows of the input, padding taken in as its zero point. With the DSP extension
 * these are rows of four input channels, each channel as a plane of its own: words of two columns,
 * every fourth word. An output at an even column of the plane multiplies words by pairs of taps
 * (w0 w1)(w2 0), one at an odd column by (0 w0)(w1 w2), so that every product is half of an SMLAD
 * and no input is moved again.
 *
 * Rows of planes may be columns of the tensors, where that makes them longer: distances say so. With
 * a dilation of columns, each dilation_w-th one belongs to a plane of its own, whose windows have none.
 */
#ifndef HB_DEPTHWISE_CONV_2D_PLANES_H
#define HB_DEPTHWISE_CONV_2D_PLANES_H

#include <stdint.h>

#include "window.h"

struct depthwise_conv_2d_planes_s8_params {
    struct window window;       /* over the planes; stride_w = 1 where dilation_w > 1 */
    const int8_t *taps;         /* [out_channels][filter_h][2 * words], zeros from filter_w on */
    const int32_t *offsets;     /* [out_channels]: 2 (bias - input_zero_point * sum of taps) */
    const int32_t *multipliers; /* [out_channels] */
    const int8_t *shifts;       /* [out_channels]: to the right, 1 to 22 */
    int32_t in_channels, depth_multiplier;
    int32_t in_row, in_column;   /* bytes of the tensors from one of a plane to the next */
    int32_t out_row, out_column;
    int32_t words;      /* filter_w / 2 + 1: of a row of taps */
    int32_t line_words; /* of a row of a plane */
    int32_t band;       /* rows of the output that are computed from the same planes */
    int8_t input_zero_point;
    int8_t output_zero_point;
};

/* scratch, in words: 2 filter_h words, then the rows that a band needs: 4 line_words each */
void depthwise_conv_2d_planes_s8(const struct depthwise_conv_2d_planes_s8_params *p,
                                 const int8_t *in, int8_t *out, void *scratch);

#endif
