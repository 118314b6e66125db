/* MAX_POOL_2D over NHWC: the max of each window, of positions inside of the input alone. */
#ifndef HB_MAX_POOL_2D_H
#define HB_MAX_POOL_2D_H

#include <stdint.h>

#include "window.h"

struct max_pool_2d_f32_params {
    struct window window; /* dilation 1 */
    int32_t channels;
    float min, max;
};

/* Input and output have the same scale and zero point. */
struct max_pool_2d_s8_params {
    struct window window;
    int32_t channels;
    int8_t min, max;
};

struct max_pool_2d_s16_params {
    struct window window;
    int32_t channels;
    int16_t min, max;
};

void max_pool_2d_f32(const struct max_pool_2d_f32_params *p, const float *in, float *out);
void max_pool_2d_s8(const struct max_pool_2d_s8_params *p, const int8_t *in, int8_t *out);
void max_pool_2d_s16(const struct max_pool_2d_s16_params *p, const int16_t *in, int16_t *out);

#endif
