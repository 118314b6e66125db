#include "log_softmax.h"

#include "exps_s8.h"

/* Constants with 31 fraction bits; r is the root of 2. */
enum {
    LOG_2 = 1488522236,
    HALF_ROOT = 1518500250,         /* r / 2 */
    FOURTH_ROOT_HALF = 1805811301,  /* sqrt(r / 2) */
    NUMERATOR = 117049297,          /* 11 / 240 * sqrt(r) */
    DENOMINATOR = 127690142,        /* 1 / 20 * sqrt(r) */
    LINEAR = 638450708,             /* 1 / 4 * sqrt(r) */
    OFFSET = 1057819769,            /* 2 / sqrt(r) - sqrt(r) */
};

enum { SUM_INTEGER_BITS = 12, LOG_FRACTION = 25, QUARTER = 1 << (LOG_FRACTION - 2) };

static int32_t saturating_shift_left(int32_t x, int32_t n)
{
    const int64_t wide = (int64_t)x * (1LL << n);
    return wide > INT32_MAX ? INT32_MAX : wide < INT32_MIN ? INT32_MIN : (int32_t)wide;
}

/* x / 2^n, rounded to nearest, ties away from zero; n >= 1. */
static int32_t over_power_of_two(int32_t x, int32_t n)
{
    return (int32_t)(((int64_t)x + (1LL << (n - 1)) - (x < 0)) >> n);
}

/* (a + b) / 2 without overflow, rounded to nearest, for a + b >= 0. */
static int32_t half_sum(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a + b + 1) >> 1);
}

/* log(2^-power * fraction), 25 fraction bits: the logarithm of r = fraction around sqrt(r / 2) as a
 * quotient of polynomials, all with 31 fraction bits; `power` is with 25 and minus what r is
 * centred by. Source of the approximation: gemmlowp's fixed-point library. */
static int32_t log_of_parts(int32_t fraction, int32_t power)
{
    const int32_t p = half_sum(fraction, FOURTH_ROOT_HALF);
    const int32_t q = 2 * (fraction - FOURTH_ROOT_HALF);
    const int32_t squared = multiply_high(q, q);
    const int32_t numerator =
        multiply_high(q, fraction) + multiply_high(multiply_high(q, squared), NUMERATOR);
    const int32_t inner = OFFSET + q + multiply_high(DENOMINATOR, squared);
    const int32_t over = one_over_one_plus(multiply_high(p, inner) + multiply_high(LINEAR, q));
    const int32_t scaled = over_power_of_two(numerator, 31 - LOG_FRACTION);
    return multiply_high(power, LOG_2) + multiply_high(scaled, over);
}

/* log(sum), 26 fraction bits, of a sum of at least 1 with 19: as a power of 2 with a fraction,
 * or of 2 times r / 2, whichever is nearer to the centre. */
static int32_t log_of_sum(uint32_t sum)
{
    const int32_t z = (int32_t)sum;
    const int32_t zeros = leading_zeros(sum);
    const int32_t a =
        saturating_shift_left(multiply_high(saturating_shift_left(z, zeros - 1), HALF_ROOT), 1);
    const int32_t a_power = (SUM_INTEGER_BITS - zeros) * (1 << LOG_FRACTION) + QUARTER;
    const int32_t b_zeros = leading_zeros((uint32_t)multiply_high(z, HALF_ROOT)) - 1;
    const int32_t b = saturating_shift_left(z, b_zeros);
    const int32_t b_power = (SUM_INTEGER_BITS - b_zeros) * (1 << LOG_FRACTION) - QUARTER;
    const int32_t log =
        log_of_parts(a < b ? a : b, a_power > b_power ? a_power : b_power);
    return saturating_shift_left(log, 1);
}

void log_softmax_s8(const struct log_softmax_s8_params *restrict p, const int8_t *in, int8_t *out)
{
    for (int32_t row = 0; row < p->rows; row++, in += p->columns, out += p->columns) {
        const int32_t max = max_of(in, p->columns);
        const uint32_t sum = sum_of(p->exps, UINT8_MAX - max, in, p->columns);
        const int32_t log = log_of_sum(sum);
        const int32_t reached = multiply_high((log > 0 ? log : 0) + INT32_MIN, p->divisor);
        const int32_t lowest =
            p->divisor_shift > 0 ? over_power_of_two(reached, p->divisor_shift) : reached;
        const int32_t bound = lowest > p->least - 1 ? lowest : p->least - 1;
        for (int32_t i = 0; i < p->columns; i++) {
            const int32_t d = in[i] - max;
            int32_t y = INT8_MIN;
            if (d > bound) {
                const int32_t scaled = multiply_high(shift_left(d, p->shift), p->multiplier);
                y = over_power_of_two(scaled - log, 22) + INT8_MAX;
            }
            out[i] = (int8_t)clamp(y, INT8_MIN, INT8_MAX);
        }
    }
}
