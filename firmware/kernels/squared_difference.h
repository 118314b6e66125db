/* SQUARED_DIFFERENCE: out = (a - b)^2, with broadcasting. In int8 both operands are brought to a
 * common scale, twice the larger one divided by 2^7, in int16 to twice the larger one.
 */
#ifndef HB_SQUARED_DIFFERENCE_H
#define HB_SQUARED_DIFFERENCE_H

#include <stdint.h>

#include "broadcast.h"

struct squared_difference_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct squared_difference_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct squared_difference_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    int32_t multiplier_a, multiplier_b, multiplier_out;
    int8_t shift_a, shift_b, shift_out;
    int8_t zero_point_a, zero_point_b, zero_point_out;
};

struct squared_difference_s16_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    int32_t multiplier_a, multiplier_b, multiplier_out;
    int8_t shift_a, shift_b, shift_out; /* none above 0 */
};

void squared_difference_f32(const struct squared_difference_f32_params *p, const float *a, const float *b, float *out);
void squared_difference_s32(const struct squared_difference_s32_params *p, const int32_t *a, const int32_t *b, int32_t *out);
void squared_difference_s8(const struct squared_difference_s8_params *p, const int8_t *a, const int8_t *b, int8_t *out);
void squared_difference_s16(const struct squared_difference_s16_params *p, const int16_t *a, const int16_t *b, int16_t *out);

#endif
