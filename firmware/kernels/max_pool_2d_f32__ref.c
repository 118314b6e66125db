#include "max_pool_2d.h"

#include <float.h>

static void output_pixel(const struct max_pool_2d_f32_params *p, const float *in,
                         struct window_span rows, struct window_span columns, float *out)
{
    const struct window *w = &p->window;
    for (int32_t c = 0; c < p->channels; c++) {
        float y = -FLT_MAX;
        for (int32_t i = rows.begin; i < rows.end; i++)
            for (int32_t j = columns.begin; j < columns.end; j++) {
                const int32_t pixel = (rows.origin + i) * w->in_w + columns.origin + j;
                const float x = in[pixel * p->channels + c];
                y = x > y ? x : y;
            }
        const float above = y < p->min ? p->min : y;
        out[c] = above > p->max ? p->max : above;
    }
}

void max_pool_2d_f32(const struct max_pool_2d_f32_params *restrict p, const float *in, float *out)
{
    const struct window *w = &p->window;
    const int32_t channels = p->channels;
    for (int32_t n = 0; n < w->batches; n++, in += w->in_h * w->in_w * p->channels)
        for (int32_t y = 0; y < w->out_h; y++) {
            const struct window_span rows = window_rows(w, y);
            for (int32_t x = 0; x < w->out_w; x++, out += channels)
                output_pixel(p, in, rows, window_columns(w, x), out);
        }
}
