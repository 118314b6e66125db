/* L2_NORMALIZATION over the last axis: each row divided by the root of its sum of squares. */
#ifndef HB_L2_NORMALIZATION_H
#define HB_L2_NORMALIZATION_H

#include <stdint.h>

struct l2_normalization_f32_params {
    int32_t rows, columns;
};

/* The output has scale 1/128 and zero point 0. */
struct l2_normalization_s8_params {
    int32_t rows, columns;
    int8_t zero_point;
};

void l2_normalization_f32(const struct l2_normalization_f32_params *p, const float *in,
                          float *out);
void l2_normalization_s8(const struct l2_normalization_s8_params *p, const int8_t *in,
                         int8_t *out);

#endif
