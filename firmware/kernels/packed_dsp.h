/* packed.h for the DSP extension: SMLAD multiplies two halfwords, SXTB16 leaves the first row of
 * a pair. 19 cycles for 16 products.
 */
#ifndef HB_PACKED_DSP_H
#define HB_PACKED_DSP_H

#include <stdint.h>
#include <string.h>

#include "packed_widen_dsp.h"

/* x[c'] = 2 * (in[c] - zero_point), and 0 beyond the columns; x is aligned to words */
__attribute__((noinline)) static void packed_widen(const int8_t *in, int32_t columns,
                                                   int32_t zero_point, int16_t *x)
{
    const uint32_t zeros = packed_zeros(zero_point);
    uint32_t *pairs = (uint32_t *)(void *)x;
    int32_t full = packed_columns(columns);
    for (; columns >= 8; columns -= 8, full -= 8, in += 8, pairs += 4) {
        const uint32_t first = load_4(in), second = load_4(in + 4);
        packed_widen_4(first, zeros, pairs, pairs + 1);
        packed_widen_4(second, zeros, pairs + 2, pairs + 3);
    }
    for (; full > 0; columns -= 4, full -= 4, in += 4, pairs += 2)
        packed_widen_4(packed_load_last(in, columns, zero_point), zeros, pairs, pairs + 1);
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

/* Four rows at a time are in assembly, as GCC has no register left for the sums' own needs. They
 * are strings, out of which a naked function is put together:
 *
 *   r0 x   r1 rows   r2 r3 of x   r4 to r7 of rows   lr end of x   r11 left to the function
 *   r8, r9    the first pair: its first row alone, its first row plus 256 times its second one
 *   r10, r12  the second pair, likewise
 */
#define PACKED_4_COLUMNS(x0, x1, w0, w1, w2, w3)                                                   \
    "ldr    r3, " x1 "\n\t"                                                                        \
    "ldr    r2, " x0 "\n\t"                                                                        \
    "ldr    r5, " w1 "\n\t"                                                                        \
    "ldr    r6, " w2 "\n\t"                                                                        \
    "ldr    r7, " w3 "\n\t"                                                                        \
    "ldr    r4, " w0 "\n\t"                                                                        \
    "smlad  r12, r5, r2, r12\n\t"                                                                  \
    "sxtb16 r5, r5\n\t"                                                                            \
    "smlad  r9, r4, r2, r9\n\t"                                                                    \
    "sxtb16 r4, r4\n\t"                                                                            \
    "smlad  r9, r6, r3, r9\n\t"                                                                    \
    "sxtb16 r6, r6\n\t"                                                                            \
    "smlad  r12, r7, r3, r12\n\t"                                                                  \
    "sxtb16 r7, r7\n\t"                                                                            \
    "smlad  r8, r4, r2, r8\n\t"                                                                    \
    "smlad  r10, r5, r2, r10\n\t"                                                                  \
    "smlad  r8, r6, r3, r8\n\t"                                                                    \
    "smlad  r10, r7, r3, r10\n\t"
#define PACKED_4_COLUMNS_AT(x0, x1, w0, w1, w2, w3)                                                \
    PACKED_4_COLUMNS("[r0, #" x0 "]", "[r0, #" x1 "]", "[r1, #" w0 "]", "[r1, #" w1 "]",           \
                     "[r1, #" w2 "]", "[r1, #" w3 "]")
/* The first of those left; both pointers move on. */
#define PACKED_4_COLUMNS_MOVE(x_bytes, rows_bytes)                                                 \
    PACKED_4_COLUMNS("[r0], #" x_bytes, "[r0, #4]", "[r1], #" rows_bytes, "[r1, #4]", "[r1, #8]",  \
                     "[r1, #12]")

/* From sums that begin in r8 and r10 to those of the four rows: the first and third in r8 and r10,
 * 256 times the second and fourth, without where they begin, in r9 and r12. Operands in memory are
 * where x is, where its whole 16 columns end, and its `end`. `loads` puts the latter into lr and
 * leaves r0 and r1 alone; what else it loads is there afterwards. */
#define PACKED_4_ROWS(x, end_of_16, loads)                                                         \
    "ldr    r0, " x "\n\t"                                                                         \
    "ldr    lr, " end_of_16 "\n\t"                                                                 \
    "mov    r9, r8\n\t"                                                                            \
    "mov    r12, r10\n"                                                                            \
    "2:\n\t"                                                                                       \
    PACKED_4_COLUMNS_AT("8", "12", "16", "20", "24", "28")                                         \
    PACKED_4_COLUMNS_AT("16", "20", "32", "36", "40", "44")                                        \
    PACKED_4_COLUMNS_AT("24", "28", "48", "52", "56", "60")                                        \
    PACKED_4_COLUMNS_MOVE("32", "64")                                                              \
    "cmp    r0, lr\n\t"                                                                            \
    "bne    2b\n"                                                                                  \
    "3:\n\t"                                                                                       \
    loads                                                                                          \
    "cmp    r0, lr\n\t"                                                                            \
    "bne    4f\n\t"                                                                                \
    "sub    r9, r9, r8\n\t"                                                                        \
    "sub    r12, r12, r10\n\t"

/* The columns behind the whole 16: to be put where execution does not get to by itself. */
#define PACKED_LAST_COLUMNS                                                                        \
    "4:\n\t"                                                                                       \
    PACKED_4_COLUMNS_MOVE("8", "16")                                                               \
    "cmp    r0, lr\n\t"                                                                            \
    "bne    4b\n\t"                                                                                \
    "b      3b\n\t"

#endif
