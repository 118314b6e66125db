#include "log_softmax.h"

#include "functions_f32.h"

void log_softmax_f32(const struct log_softmax_f32_params *p, const float *in, float *out)
{
    for (int32_t row = 0; row < p->rows; row++, in += p->columns, out += p->columns) {
        float max = in[0];
        for (int32_t i = 1; i < p->columns; i++)
            max = in[i] > max ? in[i] : max;
        float sum = 0.0f;
        for (int32_t i = 0; i < p->columns; i++)
            sum += exp_of(in[i] - max);
        const float log_sum = log_of(sum);
        for (int32_t i = 0; i < p->columns; i++)
            out[i] = in[i] - max - log_sum;
    }
}
