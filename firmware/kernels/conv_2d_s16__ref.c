#include "conv_2d.h"

#include "fixed_point.h"
#include "wide.h"

static int64_t sum_of_window(const struct conv_2d_s16_params *p, const int8_t *weights,
                             const int16_t *in, struct window_span rows,
                             struct window_span columns)
{
    const struct window *w = &p->window;
    int64_t sum = 0;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t y = rows.origin + i * w->dilation_h;
            const int32_t x = columns.origin + j * w->dilation_w;
            const int16_t *pixel = in + (y * w->in_w + x) * p->in_channels;
            const int8_t *taps = weights + (i * w->filter_w + j) * p->in_channels;
            for (int32_t c = 0; c < p->in_channels; c++)
                sum += pixel[c] * taps[c];
        }
    return sum;
}

void conv_2d_s16(const struct conv_2d_s16_params *restrict p, const int16_t *in, int16_t *out)
{
    const struct window *w = &p->window;
    const int32_t filter = w->filter_h * w->filter_w * p->in_channels;
    for (int32_t n = 0; n < w->batches; n++, in += w->in_h * w->in_w * p->in_channels)
        for (int32_t y = 0; y < w->out_h; y++)
            for (int32_t x = 0; x < w->out_w; x++)
                for (int32_t o = 0; o < p->out_channels; o++) {
                    const int64_t sum = sum_of_window(p, p->weights + o * filter, in,
                                                      window_rows(w, y), window_columns(w, x));
                    const int64_t bias = p->bias ? p->bias[o] : 0;
                    const int32_t z = rescale_wide(sum + bias, p->multipliers[o], p->shifts[o]);
                    *out++ = (int16_t)clamp(z, p->min, p->max);
                }
}
