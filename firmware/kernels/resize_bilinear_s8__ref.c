#include "resize.h"

/* Fractions have 10 bits, the sum 20; it is rounded to nearest, ties away from zero. */
static inline int8_t mixed(int8_t above_left, int8_t above_right, int8_t below_left,
                           int8_t below_right, int32_t down, int32_t right)
{
    const int32_t up = 1024 - down, left = 1024 - right;
    const int32_t sum = above_left * up * left + below_left * down * left
                        + above_right * up * right + below_right * down * right;
    return (int8_t)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
}

#define OPERATOR resize_bilinear_s8
#define TYPE int8_t
#define FRACTION int32_t
#include "resize_bilinear.inc"
