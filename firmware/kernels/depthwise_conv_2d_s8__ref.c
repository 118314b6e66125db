#include "depthwise_conv_2d.h"

#include "fixed_point.h"

static int32_t sum_of_window(const struct depthwise_conv_2d_s8_params *p, int32_t o,
                             const int8_t *restrict in, struct window_span rows,
                             struct window_span columns)
{
    const struct window *w = &p->window;
    const int32_t out_channels = p->in_channels * p->depth_multiplier;
    const int8_t *channel = in + o / p->depth_multiplier;
    int32_t sum = 0;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t y = rows.origin + i * w->dilation_h;
            const int32_t x = columns.origin + j * w->dilation_w;
            const int8_t tap = p->weights[(i * w->filter_w + j) * out_channels + o];
            const int32_t value = channel[(y * w->in_w + x) * p->in_channels]
                                  - p->input_zero_point;
            sum += value * tap;
        }
    return sum;
}

static int8_t finish(const struct depthwise_conv_2d_s8_params *restrict p, int32_t sum, int32_t o)
{
    const uint32_t bias = p->bias ? (uint32_t)p->bias[o] : 0;
    const int32_t total = (int32_t)((uint32_t)sum + bias);
    const int32_t y = rescale(total, p->multipliers[o], p->shifts[o]) + p->output_zero_point;
    return (int8_t)clamp(y, p->min, p->max);
}

static void output_pixel(const struct depthwise_conv_2d_s8_params *p, const int8_t *in,
                         struct window_span rows, struct window_span columns, int8_t *out)
{
    for (int32_t o = 0; o < p->in_channels * p->depth_multiplier; o++)
        out[o] = finish(p, sum_of_window(p, o, in, rows, columns), o);
}

void depthwise_conv_2d_s8(const struct depthwise_conv_2d_s8_params *restrict p, const int8_t *in,
                          int8_t *out)
{
    const struct window *w = &p->window;
    const int32_t channels = p->in_channels * p->depth_multiplier;
    for (int32_t n = 0; n < w->batches; n++, in += w->in_h * w->in_w * p->in_channels)
        for (int32_t y = 0; y < w->out_h; y++) {
            const struct window_span rows = window_rows(w, y);
            for (int32_t x = 0; x < w->out_w; x++, out += channels)
                output_pixel(p, in, rows, window_columns(w, x), out);
        }
}
