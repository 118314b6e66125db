#include "dot_dsp.h"
#include "rescale_s8_dsp.h"

#include "depthwise_conv_2d_unpadded_s8.inc"

/* SMLABB and SMLATT */
static inline int32_t multiply_bottom(uint32_t a, uint32_t b, int32_t sum)
{
    return (int16_t)a * (int16_t)b + sum;
}

static inline int32_t multiply_top(uint32_t a, uint32_t b, int32_t sum)
{
    return ((int32_t)a >> 16) * ((int32_t)b >> 16) + sum;
}

/* The channels are the bytes of a word, of inputs as of taps. Not inlined: there GCC has registers
 * for all of it. */
static __attribute__((noinline)) void sum_four(const struct walk *walk, const int8_t *in,
                                               const int8_t *taps, int32_t sums[4])
{
    const int32_t next_tap = walk->next_tap, channels = walk->channels;
    int32_t sum_0 = 0, sum_1 = 0, sum_2 = 0, sum_3 = 0;
    for (int32_t i = walk->lines; i > 0; i--, in += walk->next_line) {
        const int8_t *pixel = in;
        for (int32_t j = walk->taps; j > 0; j--) {
            const uint32_t inputs = load_4(pixel), weights = load_4(taps);
            const uint32_t even = even_bytes(inputs), odd = odd_bytes(inputs);
            const uint32_t even_taps = even_bytes(weights), odd_taps = odd_bytes(weights);
            sum_0 = multiply_bottom(even, even_taps, sum_0);
            sum_1 = multiply_bottom(odd, odd_taps, sum_1);
            sum_2 = multiply_top(even, even_taps, sum_2);
            sum_3 = multiply_top(odd, odd_taps, sum_3);
            pixel += next_tap, taps += channels;
        }
    }
    sums[0] = sum_0, sums[1] = sum_1, sums[2] = sum_2, sums[3] = sum_3;
}
