#include "conv_2d_packed.h"

#include <string.h>

#include "dot_dsp.h"

static inline void widen_4(const int8_t *in, int16_t *to)
{
    const uint32_t word = load_4(in), even = even_bytes(word), odd = odd_bytes(word);
    memcpy(to, &even, sizeof even);
    memcpy(to + 4, &odd, sizeof odd);
}

/* sums[i][k] = offsets[k] + the window of pixel i times row k, for four rows; returns the next
 * rows. A halfword is a + 256 b of rows 0 and 1, or of rows 2 and 3: SMLAD sums up (a + 256 b) x
 * and, once SXTB16 has left a alone, a x. 15 cycles for 16 products.
 *
 * In assembly, as it takes all registers but the stack's; the end of the windows is in memory. */
static inline __attribute__((always_inline)) const int16_t *
windows_times_rows(const int16_t *windows, const int16_t *rows, int32_t columns,
                   const int32_t *offsets, int32_t sums[2][4])
{
    const int16_t *const end = windows + 2 * columns;
    int32_t low0 = offsets[0], both0 = low0, low1 = low0, both1 = low0;         /* rows 0 and 1 */
    int32_t low0_2 = offsets[2], both0_2 = low0_2, low1_2 = low0_2, both1_2 = low0_2; /* 2, 3 */
    uint32_t x0, x1, pair, pair_2;
    __asm__ volatile("1:\n\t"
                     ".rept 2\n\t"
                     "ldr    %[x0], [%[x]], #4\n\t"
                     "ldr    %[x1], [%[x]], #4\n\t"
                     "ldr    %[pair], [%[rows]], #4\n\t"
                     "ldr    %[pair_2], [%[rows]], #4\n\t"
                     "smlad  %[both0], %[pair], %[x0], %[both0]\n\t"
                     "smlad  %[both1], %[pair], %[x1], %[both1]\n\t"
                     "sxtb16 %[pair], %[pair]\n\t"
                     "smlad  %[both0_2], %[pair_2], %[x0], %[both0_2]\n\t"
                     "smlad  %[both1_2], %[pair_2], %[x1], %[both1_2]\n\t"
                     "sxtb16 %[pair_2], %[pair_2]\n\t"
                     "smlad  %[low0], %[pair], %[x0], %[low0]\n\t"
                     "smlad  %[low1], %[pair], %[x1], %[low1]\n\t"
                     "smlad  %[low0_2], %[pair_2], %[x0], %[low0_2]\n\t"
                     "smlad  %[low1_2], %[pair_2], %[x1], %[low1_2]\n\t"
                     ".endr\n\t"
                     "ldr    %[x0], %[end]\n\t"
                     "cmp    %[x], %[x0]\n\t"
                     "bne    1b"
                     : [x] "+r"(windows), [rows] "+r"(rows), [low0] "+r"(low0), [low1] "+r"(low1),
                       [both0] "+r"(both0), [both1] "+r"(both1), [low0_2] "+r"(low0_2),
                       [low1_2] "+r"(low1_2), [both0_2] "+r"(both0_2), [both1_2] "+r"(both1_2),
                       [x0] "=&r"(x0), [x1] "=&r"(x1), [pair] "=&r"(pair), [pair_2] "=&r"(pair_2)
                     : [end] "m"(end)
                     : "memory", "cc");
    sums[0][0] = low0, sums[1][0] = low1, sums[0][2] = low0_2, sums[1][2] = low1_2;
    sums[0][1] = offsets[1] + ((int32_t)((uint32_t)both0 - (uint32_t)low0) >> 8);
    sums[1][1] = offsets[1] + ((int32_t)((uint32_t)both1 - (uint32_t)low1) >> 8);
    sums[0][3] = offsets[3] + ((int32_t)((uint32_t)both0_2 - (uint32_t)low0_2) >> 8);
    sums[1][3] = offsets[3] + ((int32_t)((uint32_t)both1_2 - (uint32_t)low1_2) >> 8);
    return rows;
}

/* rescale_down(), with the output's zero point in `rounding`: half of 2^shift, and the zero point
 * times 2^shift. SMMLAR adds the high word of a product, rounded, to `rounding`. */
static inline int8_t finish(int32_t sum, int32_t multiplier, int32_t rounding, int32_t shift)
{
    int32_t y;
    __asm__("add    %[y], %[rounding], %[sum], asr #31\n\t"
            "lsl    %[sum], %[sum], #1\n\t"
            "smmlar %[y], %[sum], %[multiplier], %[y]\n\t"
            "asr    %[y], %[y], %[shift]\n\t"
            "ssat   %[y], #8, %[y]"
            : [y] "=&r"(y), [sum] "+r"(sum)
            : [rounding] "r"(rounding), [multiplier] "r"(multiplier), [shift] "r"(shift));
    return (int8_t)y;
}

#include "conv_2d_packed_s8.inc"
