/* Blocks of four packed rows times two vectors, in assembly: a weight is loaded and unpacked once
 * for both. The vectors lie side by side, a word of the one and a word of the other in turns.
 *
 * A function that is PACKED_2_VECTORS(last, outputs, at_end) gets a pointer to words 0 to `last` (kept_dsp.h):
 *
 *   rows; vectors, vectors_end   what is multiplied
 *   block                        the biases of four rows in the order 0 2 1 3, and what else
 *                                `outputs` reads; of the next four behind that
 *   first, first_end; second     outputs of either vector; done when `first` is at `first_end`
 *   more words                   MORE_0 and so on, for `outputs`
 *
 * `outputs` rescales and stores the sums of row after row: r6, r8, r10, r12 of the first vector
 * through r1, r7, r9, r11, lr of the second one through a pointer that it gets from SECOND into r6
 * and leaves there. It moves r0 to the next block. r2 to r5 are free. `at_end` is to be done behind the last
 * block; all registers but r1 are free, and "b 1b" goes on with more blocks.
 *
 * PACKED_2_BY_ROW are outputs of the rows in turn. The including file then defines
 * OUTPUTS(first, second, out): it rescales the next row's sums of either vector, stores the first,
 * does `out` and stores the second.
 */
#ifndef HB_PACKED_2_VECTORS_DSP_H
#define HB_PACKED_2_VECTORS_DSP_H

#include "kept_dsp.h"

/* All registers are taken:
 *
 *   r0 vectors   r1 rows   r2 r3 of the vectors   r4 r5 of the rows
 *   r6, r7     row 0 alone, of either vector; r8, r9   row 0 plus 256 times row 1
 *   r10, r11   row 2 alone;                   r12, lr  row 2 plus 256 times row 3
 */
#define ROWS 0
#define VECTORS 1
#define VECTORS_END 2
#define BLOCK 3
#define FIRST 4
#define FIRST_END 5
#define SECOND 6
#define MORE_0 7
#define MORE_1 8
#define MORE_2 9
#define MORE_3 10
#define MORE_4 11
#define MORE_5 12
#define MORE_6 13
#define ENTRY 15

/* Half of four columns: 8 products for each vector, in 15 cycles. 14 instructions of 4 bytes. */
#define TWO_COLUMNS                                                                                \
    "ldr    r2, [r0], #4\n\t"                                                                      \
    "ldr    r3, [r0], #4\n\t"                                                                      \
    "ldr    r4, [r1], #4\n\t"                                                                      \
    "ldr    r5, [r1], #4\n\t"                                                                      \
    "smlad  r8, r4, r2, r8\n\t"                                                                    \
    "smlad  r9, r4, r3, r9\n\t"                                                                    \
    "sxtb16 r4, r4\n\t"                                                                            \
    "smlad  r12, r5, r2, r12\n\t"                                                                  \
    "smlad  lr, r5, r3, lr\n\t"                                                                    \
    "sxtb16 r5, r5\n\t"                                                                            \
    "smlad  r6, r4, r2, r6\n\t"                                                                    \
    "smlad  r7, r4, r3, r7\n\t"                                                                    \
    "smlad  r10, r5, r2, r10\n\t"                                                                  \
    "smlad  r11, r5, r3, r11\n\t"
#define FOUR_COLUMNS_BYTES "112"
#define EIGHT_COLUMNS TWO_COLUMNS TWO_COLUMNS TWO_COLUMNS TWO_COLUMNS

#define PACKED_2_BY_ROW                                                                            \
    OUTPUTS("r6", "r7", GET("r6", SECOND))                                                         \
    OUTPUTS("r8", "r9", "")                                                                        \
    OUTPUTS("r10", "r11", "")                                                                      \
    OUTPUTS("r12", "lr", "")

/* The loop takes sixteen columns at a time, and is entered where the rest of their number is left. */
#define PACKED_2_VECTORS(last, outputs, at_end)                                                    \
    KEPT_ENTER(last)                                                                               \
    GET("r0", VECTORS)                                                                             \
    GET("r2", VECTORS_END)                                                                         \
    GET("r1", ROWS)                                                                                \
    "sub    r2, r0, r2\n\t"                                                                        \
    "ubfx   r2, r2, #4, #2\n\t"                                                                    \
    "mov    r3, #" FOUR_COLUMNS_BYTES "\n\t"                                                       \
    "adr.w  r4, 2f\n\t"                                                                            \
    "orr    r4, #1\n\t"                                                                            \
    "mla    r2, r2, r3, r4\n\t"                                                                    \
    PUT(ENTRY, "r2")                                                                               \
    "1:\n\t"                                                                                       \
    GET("r0", BLOCK)                                                                               \
    GET("r2", ENTRY)                                                                               \
    "ldrd   r6, r10, [r0], #8\n\t"                                                                 \
    PUT(BLOCK, "r0")                                                                               \
    GET("r0", VECTORS)                                                                             \
    "mov    r7, r6\n\t"                                                                            \
    "mov    r8, r6\n\t"                                                                            \
    "mov    r9, r6\n\t"                                                                            \
    "mov    r11, r10\n\t"                                                                          \
    "mov    r12, r10\n\t"                                                                          \
    "mov    lr, r10\n\t"                                                                           \
    "bx     r2\n\t"                                                                                \
    ".balign 4\n"                                                                                  \
    "2:\n\t"                                                                                       \
    EIGHT_COLUMNS                                                                                  \
    EIGHT_COLUMNS                                                                                  \
    GET("r2", VECTORS_END)                                                                         \
    "cmp    r0, r2\n\t"                                                                            \
    "bne    2b\n\t"                                                                                \
    GET("r0", BLOCK)                                                                               \
    "sub    r8, r8, r6\n\t"                                                                        \
    "sub    r9, r9, r7\n\t"                                                                        \
    "sub    r12, r12, r10\n\t"                                                                     \
    "sub    lr, lr, r11\n\t"                                                                       \
    "ldrd   r2, r3, [r0], #8\n\t"                                                                  \
    PUT(ROWS, "r1")                                                                                \
    GET("r1", FIRST)                                                                               \
    "add    r8, r2, r8, asr #8\n\t"                                                                \
    "add    r9, r2, r9, asr #8\n\t"                                                                \
    "add    r12, r3, r12, asr #8\n\t"                                                              \
    "add    lr, r3, lr, asr #8\n\t"                                                                \
    outputs                                                                                        \
    PUT(BLOCK, "r0")                                                                               \
    PUT(FIRST, "r1")                                                                               \
    PUT(SECOND, "r6")                                                                              \
    GET("r2", FIRST_END)                                                                           \
    "cmp    r1, r2\n\t"                                                                            \
    GET("r1", ROWS)                                                                                \
    "bne    1b\n\t"                                                                                \
    at_end                                                                                         \
    KEPT_LEAVE

#endif
