/* SUB: out = activation(a - b), elementwise, with broadcasting. */
#ifndef HB_SUB_H
#define HB_SUB_H

#include <stdint.h>

#include "broadcast.h"

struct sub_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    float min, max;
};

/* Both operands are brought to a common scale, twice the larger one divided by 2^20. */
struct sub_s8_params {
    const struct broadcast *broadcast;
    int32_t count;
    int32_t multiplier_a, multiplier_b, multiplier_out;
    int8_t shift_a, shift_b, shift_out;
    int8_t zero_point_a, zero_point_b, zero_point_out;
    int8_t min, max;
};

/* The same of int16, with zero points 0 and 2^15 in place of 2^20. */
struct sub_s16_params {
    const struct broadcast *broadcast;
    int32_t count;
    int32_t multiplier_a, multiplier_b, multiplier_out;
    int8_t shift_a, shift_b, shift_out;
    int16_t min, max;
};

void sub_f32(const struct sub_f32_params *p, const float *a, const float *b, float *out);
void sub_s8(const struct sub_s8_params *p, const int8_t *a, const int8_t *b, int8_t *out);
void sub_s16(const struct sub_s16_params *p, const int16_t *a, const int16_t *b, int16_t *out);

#endif
