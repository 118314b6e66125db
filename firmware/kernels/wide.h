/* Rescaling of products of int16, which leave the range of rescale() in fixed_point.h. */
#ifndef HB_WIDE_H
#define HB_WIDE_H

#include <stdint.h>

#include "fixed_point.h"

/* sum * multiplier / 2^shift, rounded to nearest, ties up; |sum| < 2^47, 0 <= multiplier < 2^15,
 * 8 <= shift <= 46: the fixed-point factor of int16 activations has 15 bits. */
static inline int32_t rescale_wide(int64_t sum, int32_t multiplier, int32_t shift)
{
    return (int32_t)((sum * multiplier + ((int64_t)1 << (shift - 1))) >> shift);
}

/* rescale() of a product of two int16, which may be 2^30. */
static inline int32_t rescale_product(int32_t x, int32_t multiplier, int32_t shift)
{
    if (shift >= 0)
        return multiply_high(shift_left(x, shift), multiplier);
    const int32_t high = multiply_high(x, multiplier);
    return (high + (1 << (-shift - 1)) + (high >> 31)) >> -shift;
}

#endif
