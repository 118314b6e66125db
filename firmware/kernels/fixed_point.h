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

#ifdef __ARM_ARCH_6M__ /* whose products have 32 bits: of halves, without what does not reach bit 16 */
static inline int32_t high_word(int32_t a, int32_t b, uint32_t rounding)
{
    const int32_t a_high = a >> 16, b_high = b >> 16;
    const uint32_t a_low = (uint32_t)a & 0xffff, b_low = (uint32_t)b & 0xffff;
    const uint32_t first = (uint32_t)a_high * b_low + (a_low * b_low >> 16);
    const uint32_t second = a_low * (uint32_t)b_high;
    const uint32_t carry = ((first & 0xffff) + (second & 0xffff) + (rounding >> 16)) >> 16;
    const int32_t high = a_high * b_high + ((int32_t)first >> 16) + ((int32_t)second >> 16);
    return high + (int32_t)carry;
}
#endif

/* a * b / 2^32, rounded down. */
static inline int32_t multiply_high_word(int32_t a, int32_t b)
{
#ifdef __ARM_ARCH_6M__
    return high_word(a, b, 0);
#else
    return (int32_t)(((int64_t)a * b) >> 32);
#endif
}

/* a * b / 2^32, rounded to nearest, ties up, plus a word that goes into the high word at once. */
static inline int32_t multiply_high_add(int32_t a, int32_t b, int32_t word)
{
#ifdef __ARM_ARCH_6M__
    return (int32_t)((uint32_t)high_word(a, b, 1u << 31) + (uint32_t)word);
#else
    const int64_t added = (int64_t)word * (1LL << 32) + (1LL << 31);
    return (int32_t)(((int64_t)a * b + added) >> 32);
#endif
}

/* rescale for shift >= 0. The high word of the doubled product is multiply_high. */
static inline int32_t rescale_up(int32_t x, int32_t multiplier, int32_t shift)
{
    return multiply_high_add(shift_left(x, shift + 1), multiplier, 0);
}

/* rescale for shift = -n < 0: multiply_high, then a division by 2^n that rounds to nearest, ties
 * away from zero. */
static inline int32_t rescale_down(int32_t x, int32_t multiplier, int32_t n)
{
    const int32_t below = x >> 31; /* -1 for a negative x: its ties go down */
    return multiply_high_add(shift_left(x, 1), multiplier, (1 << (n - 1)) + below) >> n;
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
