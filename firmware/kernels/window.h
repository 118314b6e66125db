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

/* Filter positions begin <= i < end lie inside of the input; position 0 would be at `origin`. */
struct window_span {
    int32_t begin, end, origin;
};

static inline struct window_span window_span(int32_t out, int32_t stride, int32_t pad,
                                             int32_t dilation, int32_t filter, int32_t size)
{
    const int32_t origin = out * stride - pad;
    const int32_t before = origin < 0 ? (-origin + dilation - 1) / dilation : 0;
    const int32_t inside = origin < size ? (size - origin + dilation - 1) / dilation : 0;
    return (struct window_span){
        .begin = before, .end = inside < filter ? inside : filter, .origin = origin};
}

static inline struct window_span window_rows(const struct window *w, int32_t y)
{
    return window_span(y, w->stride_h, w->pad_h, w->dilation_h, w->filter_h, w->in_h);
}

static inline struct window_span window_columns(const struct window *w, int32_t x)
{
    return window_span(x, w->stride_w, w->pad_w, w->dilation_w, w->filter_w, w->in_w);
}

#endif
