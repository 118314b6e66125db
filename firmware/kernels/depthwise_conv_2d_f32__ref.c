#include "depthwise_conv_2d.h"

static float sum_of_window(const struct depthwise_conv_2d_f32_params *p, int32_t o,
                           const float *restrict in, struct window_span rows,
                           struct window_span columns)
{
    const struct window *w = &p->window;
    const int32_t out_channels = p->in_channels * p->depth_multiplier;
    const float *channel = in + o / p->depth_multiplier;
    float sum = 0.0f;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t y = rows.origin + i * w->dilation_h;
            const int32_t x = columns.origin + j * w->dilation_w;
            const float tap = p->weights[(i * w->filter_w + j) * out_channels + o];
            sum += channel[(y * w->in_w + x) * p->in_channels] * tap;
        }
    return sum;
}

static void output_pixel(const struct depthwise_conv_2d_f32_params *p, const float *in,
                         struct window_span rows, struct window_span columns, float *out)
{
    for (int32_t o = 0; o < p->in_channels * p->depth_multiplier; o++) {
        const float sum = sum_of_window(p, o, in, rows, columns);
        const float y = p->bias ? sum + p->bias[o] : sum;
        const float above = y < p->min ? p->min : y;
        out[o] = above > p->max ? p->max : above;
    }
}

void depthwise_conv_2d_f32(const struct depthwise_conv_2d_f32_params *restrict p, const float *in,
                           float *out)
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
