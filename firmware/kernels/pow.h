/* POW: out = a to the power of b, with broadcasting. */
#ifndef HB_POW_H
#define HB_POW_H

#include <stdint.h>

#include "broadcast.h"

struct pow_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

void pow_f32(const struct pow_f32_params *p, const float *a, const float *b, float *out);

#endif
