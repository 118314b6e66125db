/* ARG_MAX, ARG_MIN along one axis: where the extreme value is; the first one of equal ones. */
#ifndef HB_ARG_H
#define HB_ARG_H

#include <stdint.h>

/* The input is [outer][length][inner], the output [outer][inner]. */
struct arg_axis {
    int32_t outer, length, inner;
};

struct arg_max_f32_params {
    struct arg_axis axis;
};

struct arg_min_f32_params {
    struct arg_axis axis;
};

struct arg_max_s8_params {
    struct arg_axis axis;
};

struct arg_min_s8_params {
    struct arg_axis axis;
};

void arg_max_f32(const struct arg_max_f32_params *p, const float *in, int32_t *out);
void arg_min_f32(const struct arg_min_f32_params *p, const float *in, int32_t *out);
void arg_max_s8(const struct arg_max_s8_params *p, const int8_t *in, int32_t *out);
void arg_min_s8(const struct arg_min_s8_params *p, const int8_t *in, int32_t *out);

#endif
