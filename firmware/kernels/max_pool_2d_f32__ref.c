#include "max_pool_2d.h"

#include <float.h>

enum { BLOCK = 16 }; /* channels at a time */

/* Channels first <= c < first + n of one output. */
static void output_block(const struct max_pool_2d_f32_params *p, const float *restrict in,
                         struct window_span rows, struct window_span columns, int32_t first,
                         int32_t n, float *out)
{
    const struct window *w = &p->window;
    float max[BLOCK];
    for (int32_t k = 0; k < n; k++)
        max[k] = -FLT_MAX;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t position = (rows.origin + i) * w->in_w + columns.origin + j;
            const float *pixel = in + position * p->channels + first;
            for (int32_t k = 0; k < n; k++)
                max[k] = pixel[k] > max[k] ? pixel[k] : max[k];
        }
    for (int32_t k = 0; k < n; k++) {
        const float above = max[k] < p->min ? p->min : max[k];
        out[first + k] = above > p->max ? p->max : above;
    }
}

void max_pool_2d_f32(const struct max_pool_2d_f32_params *p, const float *in, float *out)
{
    const struct window *w = &p->window;
    const int32_t channels = p->channels;
    for (int32_t n = 0; n < w->batches; n++, in += w->in_h * w->in_w * p->channels)
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
