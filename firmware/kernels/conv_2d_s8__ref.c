#include "conv_2d.h"

#include "fixed_point.h"

enum { BLOCK = 4 }; /* output channels at a time: an input is loaded once for all of them */

/* sums[k]: of the products of the window with the k-th filter from `weights` on. */
static void sum_of_windows(const struct conv_2d_s8_params *p, const int8_t *restrict weights,
                           const int8_t *restrict in, struct window_span rows,
                           struct window_span columns, int32_t sums[BLOCK])
{
    const struct window *w = &p->window;
    const int32_t filter = w->filter_h * w->filter_w * p->in_channels;
    int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t y = rows.origin + i * w->dilation_h;
            const int32_t x = columns.origin + j * w->dilation_w;
            const int8_t *restrict pixel = in + (y * w->in_w + x) * p->in_channels;
            const int8_t *restrict taps = weights + (i * w->filter_w + j) * p->in_channels;
            for (int32_t c = 0; c < p->in_channels; c++) {
                const int32_t value = pixel[c] - p->input_zero_point;
                sum0 += value * taps[c];
                sum1 += value * taps[c + filter];
                sum2 += value * taps[c + 2 * filter];
                sum3 += value * taps[c + 3 * filter];
            }
        }
    sums[0] = sum0, sums[1] = sum1, sums[2] = sum2, sums[3] = sum3;
}

static int32_t sum_of_window(const struct conv_2d_s8_params *p, const int8_t *restrict weights,
                             const int8_t *restrict in, struct window_span rows,
                             struct window_span columns)
{
    const struct window *w = &p->window;
    int32_t sum = 0;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t y = rows.origin + i * w->dilation_h;
            const int32_t x = columns.origin + j * w->dilation_w;
            const int8_t *pixel = in + (y * w->in_w + x) * p->in_channels;
            const int8_t *taps = weights + (i * w->filter_w + j) * p->in_channels;
            for (int32_t c = 0; c < p->in_channels; c++)
                sum += (pixel[c] - p->input_zero_point) * taps[c];
        }
    return sum;
}

static int8_t finish(const struct conv_2d_s8_params *restrict p, int32_t sum, int32_t o)
{
    const uint32_t bias = p->bias ? (uint32_t)p->bias[o] : 0;
    const int32_t total = (int32_t)((uint32_t)sum + bias);
    const int32_t y = rescale(total, p->multipliers[o], p->shifts[o]) + p->output_zero_point;
    return (int8_t)clamp(y, p->min, p->max);
}

static void output_pixel(const struct conv_2d_s8_params *p, const int8_t *in,
                         struct window_span rows, struct window_span columns, int8_t *out)
{
    const int32_t filter = p->window.filter_h * p->window.filter_w * p->in_channels;
    const int8_t *weights = p->weights;
    int32_t o = 0;
    for (; o + BLOCK <= p->out_channels; o += BLOCK, weights += BLOCK * filter) {
        int32_t sums[BLOCK];
        sum_of_windows(p, weights, in, rows, columns, sums);
        for (int32_t k = 0; k < BLOCK; k++)
            out[o + k] = finish(p, sums[k], o + k);
    }
    for (; o < p->out_channels; o++, weights += filter)
        out[o] = finish(p, sum_of_window(p, weights, in, rows, columns), o);
}

void conv_2d_s8(const struct conv_2d_s8_params *restrict p, const int8_t *in, int8_t *out)
{
    const struct window *w = &p->window;
    const int32_t channels = p->out_channels;
    for (int32_t n = 0; n < w->batches; n++, in += w->in_h * w->in_w * p->in_channels)
        for (int32_t y = 0; y < w->out_h; y++) {
            const struct window_span rows = window_rows(w, y);
            for (int32_t x = 0; x < w->out_w; x++, out += channels)
                output_pixel(p, in, rows, window_columns(w, x), out);
        }
}
