/* CUMSUM along one axis: the sums of all elements up to each. */
#ifndef HB_CUMSUM_H
#define HB_CUMSUM_H

#include <stdint.h>

/* The tensor is [outer][length][inner]. */
struct cumsum_axis {
    int32_t outer, length, inner;
    int32_t exclusive; /* 1: without the element itself */
    int32_t reverse;   /* 1: from the end */
};

struct cumsum_f32_params {
    struct cumsum_axis axis;
};

/* Sums are of elements times 2^19, the input's scale being half of the common one. */
struct cumsum_s8_params {
    struct cumsum_axis axis;
    int32_t multiplier_in, multiplier_out;
    int8_t shift_in, shift_out;
    int8_t zero_point_in, zero_point_out;
};

void cumsum_f32(const struct cumsum_f32_params *p, const float *in, float *out);
void cumsum_s8(const struct cumsum_s8_params *p, const int8_t *in, int8_t *out);

#endif
