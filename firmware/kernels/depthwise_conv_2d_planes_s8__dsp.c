#include "depthwise_conv_2d_planes.h"

#include "dot_dsp.h"
#include "rescale_s8_dsp.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* sums[k] += the window at column k of a plane, for a filter of three columns and `filter_h`
 * lines that are `next_line` words apart. Of the pairs (w0 w1)(0 w0)(w2 0)(w1 w2) the first and
 * the last are all that it takes: 19 cycles for the 12 products of a line.
 *
 * In assembly, as GCC puts each load right before its use, where it costs a cycle more. */
ALWAYS_INLINE void sum_4_of_3(const uint32_t *line, int32_t next_line, const uint32_t *taps,
                              int32_t filter_h, int32_t sums[4])
{
    uint32_t x01, x23, x45, w01, w12;
    int32_t sum0 = sums[0], sum1 = sums[1], sum2 = sums[2], sum3 = sums[3];
    __asm__ volatile("1:\n\t"
                     "ldr    %[x23], [%[line], #16]\n\t"
                     "ldr    %[x45], [%[line], #32]\n\t"
                     "ldr    %[w12], [%[taps], #12]\n\t"
                     "ldr    %[w01], [%[taps]], #16\n\t"
                     "ldr    %[x01], [%[line]]\n\t"
                     "smlad  %[sum1], %[x23], %[w12], %[sum1]\n\t"
                     "smlad  %[sum2], %[x23], %[w01], %[sum2]\n\t"
                     "smlabt %[sum0], %[x23], %[w12], %[sum0]\n\t"
                     "smlatb %[sum3], %[x23], %[w01], %[sum3]\n\t"
                     "smlad  %[sum0], %[x01], %[w01], %[sum0]\n\t"
                     "smlatb %[sum1], %[x01], %[w01], %[sum1]\n\t"
                     "smlabt %[sum2], %[x45], %[w12], %[sum2]\n\t"
                     "smlad  %[sum3], %[x45], %[w12], %[sum3]\n\t"
                     "add    %[line], %[line], %[next], lsl #2\n\t"
                     "subs   %[lines], #1\n\t"
                     "bne    1b"
                     : [line] "+r"(line), [taps] "+r"(taps), [lines] "+r"(filter_h),
                       [sum0] "+r"(sum0), [sum1] "+r"(sum1), [sum2] "+r"(sum2), [sum3] "+r"(sum3),
                       [x01] "=&r"(x01), [x23] "=&r"(x23), [x45] "=&r"(x45), [w01] "=&r"(w01),
                       [w12] "=&r"(w12)
                     : [next] "r"(next_line)
                     : "memory", "cc");
    sums[0] = sum0, sums[1] = sum1, sums[2] = sum2, sums[3] = sum3;
}

/* The same of windows at columns 2 k. */
ALWAYS_INLINE void sum_4_of_3_apart(const uint32_t *line, int32_t next_line, const uint32_t *taps,
                                    int32_t filter_h, int32_t sums[4])
{
    uint32_t x0, x1, x2, w01, w12;
    int32_t sum0 = sums[0], sum1 = sums[1], sum2 = sums[2], sum3 = sums[3];
    __asm__ volatile("1:\n\t"
                     "ldr    %[x1], [%[line], #16]\n\t"
                     "ldr    %[x2], [%[line], #32]\n\t"
                     "ldr    %[w12], [%[taps], #12]\n\t"
                     "ldr    %[w01], [%[taps]], #16\n\t"
                     "ldr    %[x0], [%[line]]\n\t"
                     "smlad  %[sum1], %[x1], %[w01], %[sum1]\n\t"
                     "smlabt %[sum0], %[x1], %[w12], %[sum0]\n\t"
                     "ldr    %[x1], [%[line], #48]\n\t"
                     "smlad  %[sum0], %[x0], %[w01], %[sum0]\n\t"
                     "ldr    %[x0], [%[line], #64]\n\t"
                     "smlad  %[sum2], %[x2], %[w01], %[sum2]\n\t"
                     "smlabt %[sum1], %[x2], %[w12], %[sum1]\n\t"
                     "smlad  %[sum3], %[x1], %[w01], %[sum3]\n\t"
                     "smlabt %[sum2], %[x1], %[w12], %[sum2]\n\t"
                     "smlabt %[sum3], %[x0], %[w12], %[sum3]\n\t"
                     "add    %[line], %[line], %[next], lsl #2\n\t"
                     "subs   %[lines], #1\n\t"
                     "bne    1b"
                     : [line] "+r"(line), [taps] "+r"(taps), [lines] "+r"(filter_h),
                       [sum0] "+r"(sum0), [sum1] "+r"(sum1), [sum2] "+r"(sum2), [sum3] "+r"(sum3),
                       [x0] "=&r"(x0), [x1] "=&r"(x1), [x2] "=&r"(x2), [w01] "=&r"(w01),
                       [w12] "=&r"(w12)
                     : [next] "r"(next_line)
                     : "memory", "cc");
    sums[0] = sum0, sums[1] = sum1, sums[2] = sum2, sums[3] = sum3;
}

#define STORE(sum)                                                                                 \
    RESCALE_S8(sum, "%[multiplier]", "%[rounding]", "%[shift]", "%[t]")                            \
    "strb   " sum ", [%[out]]\n\t"                                                                 \
    "add    %[out], %[next]\n\t"

/* rescale_s8() of each sum; outputs are `next` bytes apart. */
ALWAYS_INLINE void store_4(const int32_t sums[4], int32_t multiplier, int32_t rounding,
                           int32_t shift, int8_t *out, int32_t next)
{
    int32_t t, sum0 = sums[0], sum1 = sums[1], sum2 = sums[2], sum3 = sums[3];
    __asm__ volatile(STORE("%[sum0]") STORE("%[sum1]") STORE("%[sum2]") STORE("%[sum3]")
                     : [sum0] "+r"(sum0), [sum1] "+r"(sum1), [sum2] "+r"(sum2), [sum3] "+r"(sum3),
                       [out] "+r"(out), [t] "=&r"(t)
                     : [multiplier] "r"(multiplier), [rounding] "r"(rounding), [shift] "r"(shift),
                       [next] "r"(next)
                     : "memory", "cc");
}

#include "depthwise_conv_2d_planes_s8.inc"
