/* PRELU: out = a where a is not negative, else a * b, with broadcasting.
 */
#ifndef HB_PRELU_H
#define HB_PRELU_H

#include <stdint.h>

#include "broadcast.h"

struct prelu_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct prelu_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    int32_t multiplier;       /* of positive inputs: input scale / output scale */
    int32_t multiplier_alpha; /* of negative ones: input scale * scale of alpha / output scale */
    int8_t shift, shift_alpha;
    int8_t zero_point_a, zero_point_b, zero_point_out;
};

void prelu_f32(const struct prelu_f32_params *p, const float *a, const float *b, float *out);
void prelu_s8(const struct prelu_s8_params *p, const int8_t *a, const int8_t *b, int8_t *out);

#endif
