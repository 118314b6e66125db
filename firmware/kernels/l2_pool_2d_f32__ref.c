#include "l2_pool_2d.h"

#include "square_root_f32.h"

/* The mean of squares of one channel. */
static float mean_of_squares(const struct l2_pool_2d_f32_params *p, const float *in,
                             struct window_span rows, struct window_span columns, int32_t channel)
{
    const struct window *w = &p->window;
    float sum = 0.0f;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t position = (rows.origin + i) * w->in_w + columns.origin + j;
            const float x = in[position * p->channels + channel];
            sum += x * x;
        }
    return sum / (float)((rows.end - rows.begin) * (columns.end - columns.begin));
}

void l2_pool_2d_f32(const struct l2_pool_2d_f32_params *p, const float *in, float *out)
{
    const struct window *w = &p->window;
    for (int32_t n = 0; n < w->batches; n++, in += w->in_h * w->in_w * p->channels)
        for (int32_t y = 0; y < w->out_h; y++)
            for (int32_t x = 0; x < w->out_w; x++)
                for (int32_t c = 0; c < p->channels; c++) {
                    const float root = square_root_of(
                        mean_of_squares(p, in, window_rows(w, y), window_columns(w, x), c));
                    const float above = root < p->min ? p->min : root;
                    *out++ = above > p->max ? p->max : above;
                }
}
