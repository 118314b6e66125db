/* A window that slides over height and width of an NHWC tensor: convolutions and pooling.
 *
 * Output (y, x) sees input rows y * stride_h - pad_h + i * dilation_h for 0 <= i < filter_h,
 * and columns likewise; positions outside of the input are skipped.
 */
#ifndef HB_WINDOW_H
#define HB_WINDOW_H

#include <stdint.h>

struct window {
    int32_t batches;
    int32_t in_h, in_w;
    int32_t out_h, out_w;
    int32_t filter_h, filter_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_h, pad_w; /* above and to the left */
};

#endif
