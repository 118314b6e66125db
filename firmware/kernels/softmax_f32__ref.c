#include "softmax.h"

#include "functions_f32.h"

static float max_of(const float *in, int32_t n)
{
    float max = in[0];
    for (int32_t c = 1; c < n; c++)
        max = in[c] > max ? in[c] : max;
    return max;
}

void softmax_f32(const struct softmax_f32_params *restrict p, const float *in, float *out)
{
    for (int32_t r = 0; r < p->rows; r++, in += p->depth, out += p->depth) {
        const float max = max_of(in, p->depth);
        float sum = 0.0f;
        for (int32_t c = 0; c < p->depth; c++) {
            out[c] = exp_of((in[c] - max) * p->beta);
            sum += out[c];
        }
        for (int32_t c = 0; c < p->depth; c++)
            out[c] /= sum;
    }
}
