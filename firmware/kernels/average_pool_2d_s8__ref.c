#include "average_pool_2d.h"

#include "fixed_point.h"

static void output_pixel(const struct average_pool_2d_s8_params *p, const int8_t *in,
                         struct window_span rows, struct window_span columns, int8_t *out)
{
    const struct window *w = &p->window;
    const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
    for (int32_t c = 0; c < p->channels; c++) {
        int32_t sum = 0;
        for (int32_t i = rows.begin; i < rows.end; i++)
            for (int32_t j = columns.begin; j < columns.end; j++) {
                const int32_t pixel = (rows.origin + i) * w->in_w + columns.origin + j;
                sum += in[pixel * p->channels + c];
            }
        const int32_t half = sum > 0 ? count / 2 : -(count / 2); /* ties away from zero */
        out[c] = (int8_t)clamp((sum + half) / count, p->min, p->max);
    }
}

void average_pool_2d_s8(const struct average_pool_2d_s8_params *restrict p, const int8_t *in,
                        int8_t *out)
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
