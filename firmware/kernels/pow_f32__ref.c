#include "pow.h"

#include <math.h>
#include <stdbool.h>

#include "functions_f32.h"

/* A number of more digits than a float has: high + low, and low is below half a digit of high. */
struct pair {
    float high;
    float low;
};

/* a + b, exactly (Knuth, The Art of Computer Programming 2, 4.2.2). */
static inline struct pair sum(float a, float b)
{
    const float high = a + b, rounded = high - a;
    return (struct pair){high, (a - (high - rounded)) + (b - rounded)};
}

/* a b, exactly: products of halves of their digits are (Dekker, Numerische Mathematik 18, 1971). */
static inline struct pair product(float a, float b)
{
    const float a1 = float_of(bits_of(a) & 0xfffff000u), a2 = a - a1;
    const float b1 = float_of(bits_of(b) & 0xfffff000u), b2 = b - b1;
    const float high = a * b;
    return (struct pair){high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2};
}

/* log(x) of a positive, finite x to 27 digits or more: what is left out of the pair comes from the
 * terms behind x^2, which are below a twentieth of all. */
static inline struct pair precise_log_of(float x)
{
    const bool small = x < 1.17549435e-38f;
    const uint32_t bits = bits_of(small ? x * 8388608.0f : x);
    const int32_t exponent = (int32_t)(bits - 0x3f3504f3u) >> 23;
    const float f = float_of(bits - ((uint32_t)exponent << 23)) - 1.0f;
    const float n = (float)(exponent - (small ? 23 : 0));
    const struct pair square = product(f, f);
    const struct pair first = sum(n * 0.693359375f, f), all = sum(first.high, -0.5f * square.high);
    const float rest = log_behind_square(f) * (f * square.high) + n * -2.12194440e-4f;
    return sum(all.high, first.low + all.low - 0.5f * square.low + rest);
}

/* a^b of a positive, finite a other than 1, and a finite b: at most 2e-6 off, relatively. */
static inline float power(float a, float b)
{
    const struct pair log = precise_log_of(a);
    if (log.high * b > 89.0f)
        return INFINITY;
    if (log.high * b < -105.0f)
        return 0.0f;
    const struct pair exponent = product(log.high, b);
    const float y = exp_of(exponent.high);
    return y + y * (exponent.low + log.low * b);
}

/* Of the sizes of both: 0 and infinities as C11, F.10.4.4 has them. */
static inline float power_of_size(float a, float b)
{
    if (a == 1.0f)
        return 1.0f;
    if (a == 0.0f || isinf(a) || isinf(b))
        return (a > 1.0f) == (b > 0.0f) ? INFINITY : 0.0f;
    return power(a, b);
}

static inline float element(const struct pow_f32_params *p, float a, float b)
{
    (void)p;
    if (b == 0.0f || a == 1.0f)
        return 1.0f;
    if (isnan(a) || isnan(b))
        return NAN;
    const float y = power_of_size(fabsf(a), b);
    if (bits_of(a) >> 31 == 0)
        return y;
    const bool whole = fabsf(b) >= 16777216.0f || (float)(int32_t)b == b;
    if (!whole && a != 0.0f && !isinf(a))
        return NAN;
    const bool odd = fabsf(b) < 16777216.0f && whole && ((int32_t)b & 1) != 0;
    return odd ? -y : y;
}

#define OPERATOR pow_f32
#define TYPE float
#include "elementwise.inc"
