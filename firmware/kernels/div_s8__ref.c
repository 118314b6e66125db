#include "div.h"

#include "fixed_point.h"

/* The highest bit of a number of 1 to 255. */
static inline int32_t highest_bit(int32_t x)
{
    const int32_t high = x > 15 ? 4 : 0, half = x >> high > 3 ? 2 : 0;
    return high + half + (x >> (high + half + 1) ? 1 : 0);
}

/* Redundant sign bits of -255 to 255: by so many it can be shifted left. */
static inline int32_t headroom_of(int32_t x)
{
    const int32_t rest = x < 0 ? ~x : x;
    return rest ? 30 - highest_bit(rest) : 31;
}

/* x / 2^n rounded to nearest, ties away from zero. Quotients have 32 bits: too many for rescale. */
static inline int32_t divide_by_power(int32_t x, int32_t n)
{
    const int64_t half = n > 0 ? 1LL << (n - 1) : 0;
    return (int32_t)((x + half - (n > 0 && x < 0)) >> n);
}

/* The quotient has all the bits that 32 can hold, so that only the last step rounds it to int8. */
static inline int8_t element(const struct div_s8_params *p, int8_t a, int8_t b)
{
    const int32_t signed_divisor = b - p->zero_point_b;
    const int32_t sign = signed_divisor < 0 ? -1 : 1;
    const int32_t divisor = sign * signed_divisor;
    const int32_t dividend = sign * (a - p->zero_point_a);
    if (divisor == 0) /* where TFLM stops */
        return dividend < 0 ? p->min : dividend > 0 ? p->max : (int8_t)p->zero_point_out;
    const int32_t power = highest_bit(divisor); /* divisor = 2^power (1 + x) */
    const int32_t headroom = headroom_of(dividend);
    const int32_t quotient =
        multiply_high(shift_left(dividend, headroom), p->reciprocals[divisor]);
    const int32_t y =
        divide_by_power(multiply_high(quotient, p->multiplier), power + headroom - p->shift);
    return (int8_t)clamp(y + p->zero_point_out, p->min, p->max);
}

#define OPERATOR div_s8
#define TYPE int8_t
#include "elementwise.inc"
