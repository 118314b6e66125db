/* packed.h for the DSP extension: SMLAD multiplies two halfwords, SXTB16 leaves the first row of
 * a pair. Four rows at a time are in packed_product_dsp.inc.
 */
#ifndef HB_PACKED_DSP_H
#define HB_PACKED_DSP_H

#include <stdint.h>
#include <string.h>

#include "packed_widen_dsp.h"

/* The columns behind whole eights, and what is 0 beyond them, in `full` columns. */
__attribute__((noinline)) static void packed_widen_last(const int8_t *in, int32_t columns,
                                                        int32_t full, int32_t zero_point,
                                                        uint32_t *x)
{
    const uint32_t zeros = packed_zeros(zero_point);
    for (; full > 0; columns -= 4, full -= 4, in += 4, x += 2) {
        const uint32_t word = packed_load_last(in, columns, zero_point);
        x[0] = packed_widen_even(word, zeros), x[1] = packed_widen_odd(word, zeros);
    }
}

/* x[c'] = 2 * (in[c] - zero_point), and 0 beyond the columns; x is aligned to words */
__attribute__((noinline)) static void packed_widen(const int8_t *in, int32_t columns,
                                                   int32_t zero_point, int16_t *to)
{
    const uint32_t zeros = packed_zeros(zero_point);
    const int32_t rest = columns & 7, full = packed_columns(columns) - (columns - rest);
    const int8_t *const end = in + (columns - rest);
    uint32_t a, b, t, *x = (uint32_t *)(void *)to;
    while (in != end)
        __asm__ volatile("ldr     %[a], [%[in]], #4\n\t"
                         "ldr     %[b], [%[in]], #4\n\t"
                         PACKED_STORE_EVEN("%[a]") PACKED_STORE_ODD("%[a]")
                         PACKED_STORE_EVEN("%[b]") PACKED_STORE_ODD("%[b]")
                         : [in] "+r"(in), [x] "+r"(x), [a] "=&r"(a), [b] "=&r"(b), [t] "=&r"(t)
                         : [zeros] "r"(zeros)
                         : "memory");
    if (full > 0)
        packed_widen_last(in, rest, full, zero_point, x);
}

/* sums[k] += the k-th of two rows times x, doubled; columns as packed_columns() gives them.
 * Returns the rows behind. */
static inline const int16_t *packed_2(const int16_t *rows, const int16_t *x, int32_t columns,
                                      int32_t sums[2])
{
    const uint32_t *pairs = (const uint32_t *)(const void *)rows;
    const uint32_t *words = (const uint32_t *)(const void *)x;
    int32_t low = sums[0], both = sums[0];
    for (const uint32_t *const end = words + columns / 2; words != end; words++, pairs++) {
        both = multiply_pairs(*pairs, *words, both);
        low = multiply_pairs(even_bytes(*pairs), *words, low);
    }
    sums[0] = low;
    sums[1] += (int32_t)((uint32_t)both - (uint32_t)low) >> 8;
    return rows + columns;
}

#endif
