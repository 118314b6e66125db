/* MUL: out = activation(a * b), elementwise, with broadcasting. */
#ifndef HB_MUL_H
#define HB_MUL_H

#include <stdint.h>

#include "broadcast.h"

struct mul_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    float min, max;
};

struct mul_s8_params {
    const struct broadcast *broadcast;
    int32_t count;
    int32_t multiplier; /* scale of a * scale of b / scale of out */
    int8_t shift;
    int8_t zero_point_a, zero_point_b, zero_point_out;
    int8_t min, max;
};

/* The same with the zero point and the limits of int8 in one step (rescale_s8.h). */
struct mul_rounded_s8_params {
    const struct broadcast *broadcast;
    int32_t count;
    int32_t multiplier, rounding;
    int8_t shift;
    int8_t zero_point_a, zero_point_b;
};

struct mul_s16_params {
    const struct broadcast *broadcast;
    int32_t count;
    int32_t multiplier;
    int8_t shift;
    int16_t min, max; /* zero points are 0 */
};

void mul_f32(const struct mul_f32_params *p, const float *a, const float *b, float *out);
void mul_s8(const struct mul_s8_params *p, const int8_t *a, const int8_t *b, int8_t *out);
void mul_rounded_s8(const struct mul_rounded_s8_params *p, const int8_t *a, const int8_t *b,
                    int8_t *out);
void mul_s16(const struct mul_s16_params *p, const int16_t *a, const int16_t *b, int16_t *out);

#endif
