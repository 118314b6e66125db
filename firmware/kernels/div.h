/* DIV: out = activation(a / b), and in float FLOOR_DIV and FLOOR_MOD, with broadcasting.
 */
#ifndef HB_DIV_H
#define HB_DIV_H

#include <stdint.h>

#include "broadcast.h"

struct div_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    float min, max;
};

struct div_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    const int32_t *reciprocals; /* [256] by |divisor|: 1 / (1 + x) in Q0, |divisor| = 2^n (1 + x) */
    int32_t multiplier;         /* scale of a / (scale of b * scale of out) */
    int8_t shift;
    int8_t zero_point_a, zero_point_b, zero_point_out;
    int8_t min, max;
};

struct floor_div_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct floor_mod_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

void div_f32(const struct div_f32_params *p, const float *a, const float *b, float *out);
void div_s8(const struct div_s8_params *p, const int8_t *a, const int8_t *b, int8_t *out);
void floor_div_f32(const struct floor_div_f32_params *p, const float *a, const float *b, float *out);
void floor_mod_f32(const struct floor_mod_f32_params *p, const float *a, const float *b, float *out);

#endif
