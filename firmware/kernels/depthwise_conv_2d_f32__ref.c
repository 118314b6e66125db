#include "depthwise_conv_2d.h"

enum { BLOCK = 16 }; /* output channels at a time */

/* sums[k]: of the products of output channel first + k, 0 <= k < n. */
static void sum_windows(const struct depthwise_conv_2d_f32_params *p, const float *restrict in,
                        struct window_span rows, struct window_span columns, int32_t first,
                        int32_t n, float *sums)
{
    const struct window *w = &p->window;
    const int32_t out_channels = p->in_channels * p->depth_multiplier;
    for (int32_t k = 0; k < n; k++)
        sums[k] = 0.0f;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t y = rows.origin + i * w->dilation_h;
            const int32_t x = columns.origin + j * w->dilation_w;
            const float *pixel = in + (y * w->in_w + x) * p->in_channels;
            const float *taps = p->weights + (i * w->filter_w + j) * out_channels + first;
            if (p->depth_multiplier == 1)
                for (int32_t k = 0; k < n; k++)
                    sums[k] += pixel[first + k] * taps[k];
            else
                for (int32_t k = 0; k < n; k++)
                    sums[k] += pixel[(first + k) / p->depth_multiplier] * taps[k];
        }
}

static void output_block(const struct depthwise_conv_2d_f32_params *p, const float *restrict in,
                         struct window_span rows, struct window_span columns, int32_t first,
                         int32_t n, float *out)
{
    float sums[BLOCK];
    sum_windows(p, in, rows, columns, first, n, sums);
    for (int32_t k = 0; k < n; k++) {
        const float y = p->bias ? sums[k] + p->bias[first + k] : sums[k];
        const float above = y < p->min ? p->min : y;
        out[first + k] = above > p->max ? p->max : above;
    }
}

void depthwise_conv_2d_f32(const struct depthwise_conv_2d_f32_params *p, const float *in,
                           float *out)
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
