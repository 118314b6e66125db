/* packed_rows.h for Armv6-M: sums lie in high registers, which ADD reaches and MULS does not; weights
 * are loaded four at a time and taken apart in registers.
 */
#ifndef HB_PACKED_ROWS_V6M_H
#define HB_PACKED_ROWS_V6M_H

#include "assembly.h"
#include "packed.h"

/* A word of weights, two rows, times a word of x: its halves are in r6 and r7. r2 is free. */
#define PACKED_WORD(weights, low, both)                                                            \
    "sxth   r2, " weights "\n\t"                                                                   \
    "muls   r2, r6\n\t"                                                                            \
    "add    " both ", r2\n\t"                                                                      \
    "sxtb   r2, " weights "\n\t"                                                                   \
    "muls   r2, r6\n\t"                                                                            \
    "add    " low ", r2\n\t"                                                                       \
    "asrs   " weights ", " weights ", #16\n\t"                                                     \
    "sxtb   r2, " weights "\n\t"                                                                   \
    "muls   r2, r7\n\t"                                                                            \
    "add    " low ", r2\n\t"                                                                       \
    "muls   " weights ", r7\n\t"                                                                   \
    "add    " both ", " weights "\n\t"
#define PACKED_4_WORDS(load_x)                                                                     \
    "ldmia  r0!, {r4, r5}\n\t"                                                                     \
    load_x                                                                                         \
    "sxth   r6, r7\n\t"                                                                            \
    "asrs   r7, r7, #16\n\t"                                                                       \
    PACKED_WORD("r4", "r8", "r9")                                                                  \
    PACKED_WORD("r5", "r10", "r11")

/* r0 rows   r1 x   r12 its end   r8 to r11 the sums, low and both of a pair */
#define PACKED_4_ROWS(load_x)                                                                      \
    "push   {r4-r7, lr}\n\t"                                                                       \
    "mov    r4, r8\n\t"                                                                            \
    "mov    r5, r9\n\t"                                                                            \
    "mov    r6, r10\n\t"                                                                           \
    "mov    r7, r11\n\t"                                                                           \
    "push   {r3-r7}\n\t"                                                                           \
    "mov    r12, r2\n\t"                                                                           \
    "movs   r2, #0\n\t"                                                                            \
    "mov    r8, r2\n\t"                                                                            \
    "mov    r9, r2\n\t"                                                                            \
    "mov    r10, r2\n\t"                                                                           \
    "mov    r11, r2\n"                                                                             \
    "1:\n\t"                                                                                       \
    PACKED_4_WORDS(load_x)                                                                         \
    PACKED_4_WORDS(load_x)                                                                         \
    "cmp    r1, r12\n\t"                                                                           \
    "bne    1b\n\t"                                                                                \
    "mov    r2, r8\n\t"                                                                            \
    "mov    r3, r9\n\t"                                                                            \
    "mov    r4, r10\n\t"                                                                           \
    "mov    r5, r11\n\t"                                                                           \
    "subs   r3, r3, r2\n\t"                                                                        \
    "subs   r5, r5, r4\n\t"                                                                        \
    "asrs   r3, r3, #8\n\t"                                                                        \
    "asrs   r5, r5, #8\n\t"                                                                        \
    "pop    {r6}\n\t"                                                                              \
    "stmia  r6!, {r2-r5}\n\t"                                                                      \
    "pop    {r4-r7}\n\t"                                                                           \
    "mov    r8, r4\n\t"                                                                            \
    "mov    r9, r5\n\t"                                                                            \
    "mov    r10, r6\n\t"                                                                           \
    "mov    r11, r7\n\t"                                                                           \
    "pop    {r4-r7, pc}\n\t"

/* sums = the four rows times x, doubled; returns the rows behind. */
const int16_t *packed_4_rows(const int16_t *rows, const int16_t *x, const int16_t *end,
                             int32_t sums[4]);
ASSEMBLY_FUNCTION(packed_4_rows, PACKED_4_ROWS("ldmia  r1!, {r7}\n\t"));

#include "packed_4.inc"

#endif
