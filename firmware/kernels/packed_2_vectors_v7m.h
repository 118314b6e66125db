/* Four packed rows times two vectors for Armv7-M: a weight is loaded and unpacked once for both. */
#ifndef HB_PACKED_2_VECTORS_V7M_H
#define HB_PACKED_2_VECTORS_V7M_H

#include "assembly.h"
#include "fixed_point.h"

/* A halfword of weights, two rows, times a halfword of either vector.
 *
 *   r0 rows   r1 vectors   r2 their end   r3 of the first   lr of the second   r12 weights
 *   sums, low and both of a pair: r4 to r7 of the first vector, r8 to r11 of the second
 */
#define PACKED_PAIR_BY_2(weights, low_a, both_a, low_b, both_b)                                    \
    "ldrsh  r12, [r0" weights "\n\t"                                                                  \
    "mla    " both_a ", r12, r3, " both_a "\n\t"                                                   \
    "mla    " both_b ", r12, lr, " both_b "\n\t"                                                   \
    "sxtb   r12, r12\n\t"                                                                          \
    "mla    " low_a ", r12, r3, " low_a "\n\t"                                                     \
    "mla    " low_b ", r12, lr, " low_b "\n\t"
/* The words of either pair of rows lie as those of the vectors do. */
#define PACKED_COLUMN_BY_2(first, second)                                                          \
    "ldrsh  r3, [r1" first "\n\t"                                                                  \
    "ldrsh  lr, [r1" second "\n\t"                                                                 \
    PACKED_PAIR_BY_2(first, "r4", "r5", "r8", "r9")                                                \
    PACKED_PAIR_BY_2(second, "r6", "r7", "r10", "r11")

/* sums = the four rows times the first vector, then times the second one. Words of the two take
 * turns; returns the rows behind. Eight columns a pass, of which the first leaves out four where there
 * is an odd number of fours. */
const int16_t *packed_4_rows_by_2(const int16_t *rows, const uint32_t *vectors,
                                  const uint32_t *end, int32_t sums[8]);
ASSEMBLY_FUNCTION(packed_4_rows_by_2,
                  "push   {r3-r11, lr}\n\t"
                  "movs   r4, #0\n\t"
                  "movs   r5, #0\n\t"
                  "movs   r6, #0\n\t"
                  "movs   r7, #0\n\t"
                  "mov    r8, r4\n\t"
                  "mov    r9, r4\n\t"
                  "mov    r10, r4\n\t"
                  "mov    r11, r4\n\t"
                  "subs   r3, r2, r1\n\t"
                  "tst    r3, #16\n\t"
                  "itt    ne\n\t"
                  "addne  r0, #16\n\t"
                  "addne  r1, #16\n\t"
                  "bne    2f\n"
                  "1:\n\t"
                  PACKED_COLUMN_BY_2("], #32", ", #-28]")
                  PACKED_COLUMN_BY_2(", #-30]", ", #-26]")
                  PACKED_COLUMN_BY_2(", #-24]", ", #-20]")
                  PACKED_COLUMN_BY_2(", #-22]", ", #-18]")
                  "2:\n\t"
                  PACKED_COLUMN_BY_2(", #-16]", ", #-12]")
                  PACKED_COLUMN_BY_2(", #-14]", ", #-10]")
                  PACKED_COLUMN_BY_2(", #-8]", ", #-4]")
                  PACKED_COLUMN_BY_2(", #-6]", ", #-2]")
                  "cmp    r1, r2\n\t"
                  "bne    1b\n\t"
                  "pop    {r3}\n\t"
                  "subs   r5, r5, r4\n\t"
                  "subs   r7, r7, r6\n\t"
                  "sub    r9, r9, r8\n\t"
                  "sub    r11, r11, r10\n\t"
                  "asrs   r5, r5, #8\n\t"
                  "asrs   r7, r7, #8\n\t"
                  "asr    r9, r9, #8\n\t"
                  "asr    r11, r11, #8\n\t"
                  "stmia  r3, {r4-r11}\n\t"
                  "pop    {r4-r11, pc}\n\t");

#endif
