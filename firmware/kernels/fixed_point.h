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

/* rescale for shift >= 0. The high word of the doubled product plus 2^31 is multiply_high. */
static inline int32_t rescale_up(int32_t x, int32_t multiplier, int32_t shift)
{
    const int64_t doubled = (int64_t)shift_left(x, shift + 1) * multiplier;
    return (int32_t)((doubled + (1LL << 31)) >> 32);
}

/* rescale for shift = -n < 0: multiply_high, then a division by 2^n that rounds to nearest, ties
 * away from zero. What the division adds in order to round goes into the high word at once. */
static inline int32_t rescale_down(int32_t x, int32_t multiplier, int32_t n)
{
    const int32_t half = 1 << (n - 1);
    const int32_t below = x >> 31; /* -1 for a negative x: its ties go down */
    const int64_t rounding = (half + below) * (1LL << 32) + (1LL << 31);
    return (int32_t)((shift_left(x, 1) * (int64_t)multiplier + rounding) >> 32) >> n;
}

/* x * multiplier * 2^(shift - 31), rounded twice as TensorFlow Lite Micro does.
 * -31 <= shift <= 30, |x| * 2^max(shift, 0) < 2^30. */
static inline int32_t rescale(int32_t x, int32_t multiplier, int32_t shift)
{
    return shift < 0 ? rescale_down(x, multiplier, -shift) : rescale_up(x, multiplier, shift);
}

static inline int32_t clamp(int32_t x, int32_t min, int32_t max)
{
    const int32_t above = x < min ? min : x;
    return above > max ? max : above;
}

#endif
