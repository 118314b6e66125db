#include "mean.h"

#include "fixed_point.h"

/* Sum over the reduced axes, from the first element on. */
static int32_t sum_of_reduced(const struct mean_axes *axes, const int8_t *in)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < axes->reduced[0]; i++)
        for (int32_t j = 0; j < axes->reduced[1]; j++)
            for (int32_t k = 0; k < axes->reduced[2]; k++)
                sum += in[i * axes->reduced_stride[0] + j * axes->reduced_stride[1]
                          + k * axes->reduced_stride[2]];
    return sum;
}

void mean_s8(const struct mean_s8_params *restrict p, const int8_t *in, int8_t *out)
{
    const struct mean_axes *axes = &p->axes;
    const int32_t count = axes->reduced[0] * axes->reduced[1] * axes->reduced[2];
    for (int32_t i = 0; i < axes->kept[0]; i++)
        for (int32_t j = 0; j < axes->kept[1]; j++)
            for (int32_t k = 0; k < axes->kept[2]; k++) {
                const int32_t first = i * axes->kept_stride[0] + j * axes->kept_stride[1]
                                      + k * axes->kept_stride[2];
                const int32_t sum = sum_of_reduced(axes, in + first) - count * p->input_zero_point;
                const int32_t y = rescale(sum, p->multiplier, p->shift) + p->output_zero_point;
                *out++ = (int8_t)clamp(y, INT8_MIN, INT8_MAX);
            }
}
