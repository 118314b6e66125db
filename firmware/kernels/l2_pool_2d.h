/* L2_POOL_2D over NHWC: the root of the mean of squares of each window, of positions inside of the
 * input alone. */
#ifndef HB_L2_POOL_2D_H
#define HB_L2_POOL_2D_H

#include "window.h"

struct l2_pool_2d_f32_params {
    struct window window; /* dilation 1 */
    int32_t channels;
    float min, max;
};

void l2_pool_2d_f32(const struct l2_pool_2d_f32_params *p, const float *in, float *out);

#endif
