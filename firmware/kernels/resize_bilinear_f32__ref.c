#include "resize.h"

static inline float mixed(float above_left, float above_right, float below_left,
                          float below_right, float down, float right)
{
    return above_left * (1.0f - down) * (1.0f - right) + below_left * down * (1.0f - right)
           + above_right * (1.0f - down) * right + below_right * down * right;
}

#define OPERATOR resize_bilinear_f32
#define TYPE float
#define FRACTION float
#include "resize_bilinear.inc"
