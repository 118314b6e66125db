/* Fixed-point arithmetic of TensorFlow Lite's int8 kernels, free of undefined behaviour.
 *
 * Source of the equations: Jacob et al., "Quantization and Training of Neural Networks for
 * Efficient Integer-Arithmetic-Only Inference" (arXiv 1712.05877, section 2.2 and appendix B),
 * and the TFLite 8-bit quantization specification. A real factor is multiplier * 2^(shift - 31)
 * with 2^30 <= multiplier < 2^31.
 *
 * Right shifts of negative numbers are arithmetic, as GCC and Clang define them.
 */
#ifndef HB_FIXED_POINT_H
#define HB_FIXED_POINT_H

#include <stdint.h>

/* x * 2^n modulo 2^32, 0 <= n <= 31. */
static inline int32_t shift_left(int32_t x, int32_t n)
{
    return (int32_t)((uint32_t)x << n);
}

/* a * b / 2^31, rounded to nearest, ties up. Not for a == b == INT32_MIN. */
static inline int32_t multiply_high(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}

/* x / 2^n, rounded to nearest, ties away from zero, 0 <= n <= 31. */
static inline int32_t divide_by_power_of_two(int32_t x, int32_t n)
{
    const int32_t mask = (int32_t)((1u << n) - 1u);
    const int32_t half = (mask >> 1) + (x < 0);
    return (x >> n) + ((x & mask) > half);
}

/* x * multiplier * 2^(-31 - right): rounded twice, as TensorFlow Lite Micro does. */
static inline int32_t rescale_down(int32_t x, int32_t multiplier, int32_t right)
{
    return divide_by_power_of_two(multiply_high(x, multiplier), right);
}

/* x * multiplier * 2^(shift - 31): rounded twice. */
static inline int32_t rescale(int32_t x, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    return rescale_down(shift_left(x, left), multiplier, right);
}

static inline int32_t clamp(int32_t x, int32_t min, int32_t max)
{
    const int32_t above = x < min ? min : x;
    return above > max ? max : above;
}

#endif
