#include "mean.h"

/* Sum over the reduced axes, from the first element on. */
static float sum_of_reduced(const struct mean_axes *axes, const float *in)
{
    float sum = 0.0f;
    for (int32_t i = 0; i < axes->reduced[0]; i++)
        for (int32_t j = 0; j < axes->reduced[1]; j++)
            for (int32_t k = 0; k < axes->reduced[2]; k++)
                sum += in[i * axes->reduced_stride[0] + j * axes->reduced_stride[1]
                          + k * axes->reduced_stride[2]];
    return sum;
}

void mean_f32(const struct mean_f32_params *restrict p, const float *in, float *out)
{
    const struct mean_axes *axes = &p->axes;
    const int32_t count = axes->reduced[0] * axes->reduced[1] * axes->reduced[2];
    for (int32_t i = 0; i < axes->kept[0]; i++)
        for (int32_t j = 0; j < axes->kept[1]; j++)
            for (int32_t k = 0; k < axes->kept[2]; k++) {
                const int32_t first = i * axes->kept_stride[0] + j * axes->kept_stride[1]
                                      + k * axes->kept_stride[2];
                *out++ = sum_of_reduced(axes, in + first) / (float)count;
            }
}
