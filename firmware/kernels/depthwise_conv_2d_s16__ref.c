#include "depthwise_conv_2d.h"

#include "fixed_point.h"
#include "wide.h"

static int64_t sum_of_window(const struct depthwise_conv_2d_s16_params *p, const int16_t *in,
                             struct window_span rows, struct window_span columns, int32_t o)
{
    const struct window *w = &p->window;
    const int32_t channels = p->in_channels * p->depth_multiplier;
    int64_t sum = 0;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t y = rows.origin + i * w->dilation_h;
            const int32_t x = columns.origin + j * w->dilation_w;
            const int16_t *pixel = in + (y * w->in_w + x) * p->in_channels;
            sum += pixel[o / p->depth_multiplier] *
                   p->weights[(i * w->filter_w + j) * channels + o];
        }
    return sum;
}

void depthwise_conv_2d_s16(const struct depthwise_conv_2d_s16_params *restrict p,
                           const int16_t *in, int16_t *out)
{
    const struct window *w = &p->window;
    for (int32_t n = 0; n < w->batches; n++, in += w->in_h * w->in_w * p->in_channels)
        for (int32_t y = 0; y < w->out_h; y++)
            for (int32_t x = 0; x < w->out_w; x++)
                for (int32_t o = 0; o < p->in_channels * p->depth_multiplier; o++) {
                    const int64_t bias = p->bias ? p->bias[o] : 0;
                    const int64_t sum =
                        bias + sum_of_window(p, in, window_rows(w, y), window_columns(w, x), o);
                    const int32_t z = rescale_wide(sum, p->multipliers[o], p->shifts[o]);
                    *out++ = (int16_t)clamp(z, p->min, p->max);
                }
}
