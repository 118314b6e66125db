/* REDUCE_MAX, REDUCE_MIN, SUM, REDUCE_ANY, REDUCE_ALL over any axes. */
#ifndef HB_REDUCE_H
#define HB_REDUCE_H

#include <stdint.h>

#include "mean.h"

struct reduce_max_f32_params {
    struct mean_axes axes;
};

struct reduce_min_f32_params {
    struct mean_axes axes;
};

struct reduce_max_s8_params {
    struct mean_axes axes;
};

struct reduce_min_s8_params {
    struct mean_axes axes;
};

struct reduce_max_s16_params {
    struct mean_axes axes;
};

struct reduce_min_s16_params {
    struct mean_axes axes;
};

struct reduce_any_params {
    struct mean_axes axes;
};

struct reduce_all_params {
    struct mean_axes axes;
};

struct sum_f32_params {
    struct mean_axes axes;
};

void reduce_max_f32(const struct reduce_max_f32_params *p, const float *in, float *out);
void reduce_min_f32(const struct reduce_min_f32_params *p, const float *in, float *out);
void reduce_max_s8(const struct reduce_max_s8_params *p, const int8_t *in, int8_t *out);
void reduce_min_s8(const struct reduce_min_s8_params *p, const int8_t *in, int8_t *out);
void reduce_max_s16(const struct reduce_max_s16_params *p, const int16_t *in, int16_t *out);
void reduce_min_s16(const struct reduce_min_s16_params *p, const int16_t *in, int16_t *out);
void reduce_any(const struct reduce_any_params *p, const uint8_t *in, uint8_t *out);
void reduce_all(const struct reduce_all_params *p, const uint8_t *in, uint8_t *out);
void sum_f32(const struct sum_f32_params *p, const float *in, float *out);

#endif
