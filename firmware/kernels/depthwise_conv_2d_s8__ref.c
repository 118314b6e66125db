#include "depthwise_conv_2d.h"

#include "fixed_point.h"

enum { BLOCK = 16 }; /* output channels at a time */

/* sums[k]: of the products of output channel first + k, 0 <= k < n. */
static void sum_windows(const struct depthwise_conv_2d_s8_params *p, const int8_t *restrict in,
                        struct window_span rows, struct window_span columns, int32_t first,
                        int32_t n, int32_t *sums)
{
    const struct window *w = &p->window;
    const int32_t out_channels = p->in_channels * p->depth_multiplier;
    const int32_t zero_point = p->input_zero_point;
    for (int32_t k = 0; k < n; k++)
        sums[k] = 0;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t y = rows.origin + i * w->dilation_h;
            const int32_t x = columns.origin + j * w->dilation_w;
            const int8_t *pixel = in + (y * w->in_w + x) * p->in_channels;
            const int8_t *taps = p->weights + (i * w->filter_w + j) * out_channels + first;
            if (p->depth_multiplier == 1)
                for (int32_t k = 0; k < n; k++)
                    sums[k] += (pixel[first + k] - zero_point) * taps[k];
            else
                for (int32_t k = 0; k < n; k++)
                    sums[k] += (pixel[(first + k) / p->depth_multiplier] - zero_point) * taps[k];
        }
}

static void output_block(const struct depthwise_conv_2d_s8_params *p, const int8_t *restrict in,
                         struct window_span rows, struct window_span columns, int32_t first,
                         int32_t n, int8_t *out)
{
    int32_t sums[BLOCK];
    sum_windows(p, in, rows, columns, first, n, sums);
    for (int32_t k = 0; k < n; k++) {
        const int32_t o = first + k;
        const uint32_t bias = p->bias ? (uint32_t)p->bias[o] : 0;
        const int32_t sum = (int32_t)((uint32_t)sums[k] + bias);
        const int32_t y = rescale(sum, p->multipliers[o], p->shifts[o]) + p->output_zero_point;
        out[o] = (int8_t)clamp(y, p->min, p->max);
    }
}

void depthwise_conv_2d_s8(const struct depthwise_conv_2d_s8_params *p, const int8_t *in,
                          int8_t *out)
{
    const struct window *w = &p->window;
    const int32_t channels = p->in_channels * p->depth_multiplier;
    for (int32_t n = 0; n < w->batches; n++, in += w->in_h * w->in_w * p->in_channels)
        for (int32_t y = 0; y < w->out_h; y++) {
            const struct window_span rows = window_rows(w, y);
            for (int32_t x = 0; x < w->out_w; x++, out += channels) {
                const struct window_span columns = window_columns(w, x);
                for (int32_t first = 0; first < channels; first += BLOCK) {
                    const int32_t left = channels - first;
                    output_block(p, in, rows, columns, first, left < BLOCK ? left : BLOCK, out);
                }
            }
        }
}
