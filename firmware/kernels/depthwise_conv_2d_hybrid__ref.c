#include "depthwise_conv_2d.h"
#include "hybrid.h"

static int32_t sum_of_window(const struct depthwise_conv_2d_hybrid_params *p, const int8_t *in,
                             int32_t zero_point, struct window_span rows,
                             struct window_span columns, int32_t o)
{
    const struct window *w = &p->window;
    const int32_t channels = p->in_channels * p->depth_multiplier;
    int32_t sum = 0;
    for (int32_t i = rows.begin; i < rows.end; i++)
        for (int32_t j = columns.begin; j < columns.end; j++) {
            const int32_t y = rows.origin + i * w->dilation_h;
            const int32_t x = columns.origin + j * w->dilation_w;
            const int8_t *pixel = in + (y * w->in_w + x) * p->in_channels;
            sum += (pixel[o / p->depth_multiplier] - zero_point) *
                   p->weights[(i * w->filter_w + j) * channels + o];
        }
    return sum;
}

void depthwise_conv_2d_hybrid(const struct depthwise_conv_2d_hybrid_params *restrict p,
                              const float *in, float *out, void *scratch)
{
    const struct window *w = &p->window;
    const int32_t size = w->in_h * w->in_w * p->in_channels;
    int8_t *const quantized = scratch;
    for (int32_t n = 0; n < w->batches; n++, in += size) {
        const struct hybrid_row row = hybrid_row(in, size, p->is_asymmetric, quantized);
        for (int32_t y = 0; y < w->out_h; y++)
            for (int32_t x = 0; x < w->out_w; x++)
                for (int32_t o = 0; o < p->in_channels * p->depth_multiplier; o++) {
                    const int32_t sum = sum_of_window(p, quantized, row.zero_point,
                                                      window_rows(w, y), window_columns(w, x), o);
                    const float bias = p->bias ? p->bias[o] : 0.0f;
                    const float z = bias + (float)sum * p->scales[o] * row.scale;
                    *out++ = hybrid_limited(z, p->min, p->max);
                }
    }
}
