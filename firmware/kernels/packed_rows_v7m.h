/* packed_rows.h for Armv7-M: MLA takes a row's product in one instruction, a halfword of weights is
 * loaded once for both of its rows, and for two vectors at a time.
 */
#ifndef HB_PACKED_ROWS_V7M_H
#define HB_PACKED_ROWS_V7M_H

#include "assembly.h"
#include "packed.h"

/* A halfword of weights of either pair of rows times a halfword of x.
 *
 *   r0 rows   r1 x   r2 its end   r3 x   r12 weights   r4 r5 r6 r7 the sums, low and both of a pair
 */
#define PACKED_COLUMN(first, second, x)                                                            \
    "ldrsh  r3, [r1" x "\n\t"                                                                      \
    "ldrsh  r12, [r0" first "\n\t"                                                                 \
    "mla    r5, r12, r3, r5\n\t"                                                                   \
    "sxtb   r12, r12\n\t"                                                                          \
    "mla    r4, r12, r3, r4\n\t"                                                                   \
    "ldrsh  r12, [r0" second "\n\t"                                                                \
    "mla    r7, r12, r3, r7\n\t"                                                                   \
    "sxtb   r12, r12\n\t"                                                                          \
    "mla    r6, r12, r3, r6\n\t"

/* sums = the four rows times x, doubled; returns the rows behind. Eight columns a pass, of which the
 * first leaves out four where there is an odd number of fours. */
const int16_t *packed_4_rows(const int16_t *rows, const int16_t *x, const int16_t *end,
                             int32_t sums[4]);
ASSEMBLY_FUNCTION(packed_4_rows,
                  "push   {r3-r7, lr}\n\t"
                  "movs   r4, #0\n\t"
                  "movs   r5, #0\n\t"
                  "movs   r6, #0\n\t"
                  "movs   r7, #0\n\t"
                  "subs   r3, r2, r1\n\t"
                  "tst    r3, #8\n\t"
                  "itt    ne\n\t"
                  "addne  r0, #16\n\t"
                  "addne  r1, #8\n\t"
                  "bne    2f\n"
                  "1:\n\t"
                  PACKED_COLUMN("], #32", ", #-28]", "], #16")
                  PACKED_COLUMN(", #-30]", ", #-26]", ", #-14]")
                  PACKED_COLUMN(", #-24]", ", #-20]", ", #-12]")
                  PACKED_COLUMN(", #-22]", ", #-18]", ", #-10]")
                  "2:\n\t"
                  PACKED_COLUMN(", #-16]", ", #-12]", ", #-8]")
                  PACKED_COLUMN(", #-14]", ", #-10]", ", #-6]")
                  PACKED_COLUMN(", #-8]", ", #-4]", ", #-4]")
                  PACKED_COLUMN(", #-6]", ", #-2]", ", #-2]")
                  "cmp    r1, r2\n\t"
                  "bne    1b\n\t"
                  "pop    {r3}\n\t"
                  "subs   r5, r5, r4\n\t"
                  "subs   r7, r7, r6\n\t"
                  "asrs   r5, r5, #8\n\t"
                  "asrs   r7, r7, #8\n\t"
                  "stmia  r3!, {r4-r7}\n\t"
                  "pop    {r4-r7, pc}\n\t");

#include "packed_4.inc"

#endif
