/* DEPTHWISE_CONV_2D over NHWC as depthwise_conv_2d.h has it, where each output channel has an input
 * channel of its own and no window leaves the input: output by output, four channels at a time. That
 * is the way where planes have few outputs to share what making them costs: windows of streams. */
#ifndef HB_DEPTHWISE_CONV_2D_UNPADDED_H
#define HB_DEPTHWISE_CONV_2D_UNPADDED_H

#include <stdint.h>

#include "window.h"

struct depthwise_conv_2d_unpadded_s8_params {
    struct window window;       /* without padding */
    const int8_t *taps;         /* [filter_h][filter_w][channels] */
    const int32_t *offsets;     /* [channels]: 2 (bias - input_zero_point * sum of taps) */
    const int32_t *multipliers; /* [channels] */
    const int8_t *shifts;       /* [channels]: to the right, 1 to 22 */
    int32_t channels;
    int8_t output_zero_point;
};

void depthwise_conv_2d_unpadded_s8(const struct depthwise_conv_2d_unpadded_s8_params *p,
                                   const int8_t *in, int8_t *out);

#endif
