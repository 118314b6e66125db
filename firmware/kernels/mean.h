/* MEAN over any axes: out[kept] = sum over the reduced axes of in[kept][reduced] / their count. */
#ifndef HB_MEAN_H
#define HB_MEAN_H

#include <stdint.h>

/* Kept and reduced axes of the input with their strides in elements, slowest first; axes that
 * are not needed have length 1. */
struct mean_axes {
    int32_t kept[3], kept_stride[3];
    int32_t reduced[3], reduced_stride[3];
};

struct mean_f32_params {
    struct mean_axes axes;
};

/* The multiplier of a mean contains 1 / count; without it this is SUM. */
struct mean_s8_params {
    struct mean_axes axes;
    int32_t multiplier; /* input scale / output scale, and / count */
    int8_t shift;
    int8_t input_zero_point, output_zero_point;
};

/* Zero points are 0. */
struct mean_s16_params {
    struct mean_axes axes;
    int32_t multiplier; /* as of int8; the sums are below 2^30 / 2^max(shift, 0) */
    int8_t shift;
};

void mean_f32(const struct mean_f32_params *p, const float *in, float *out);
void mean_s8(const struct mean_s8_params *p, const int8_t *in, int8_t *out);
void mean_s16(const struct mean_s16_params *p, const int16_t *in, int16_t *out);

#endif
