#include "conv_2d_packed.h"

#include "assembly.h"
#include "dot_dsp.h"
#include "rescale_s8_dsp.h"

/* n bytes, which are fours, as halfwords of a window; returns what is behind. In assembly, as two
 * loads in a row take three cycles, apart they take four. */
static uint32_t *widen(const int8_t *in, int32_t n, uint32_t *to)
{
    uint32_t a, b, t;
    for (; n >= 8; n -= 8)
        __asm__ volatile("ldr    %[a], [%[in]], #4\n\t"
                         "ldr    %[b], [%[in]], #4\n\t"
                         "sxtb16 %[t], %[a]\n\t"
                         "str    %[t], [%[to]], #8\n\t"
                         "sxtb16 %[t], %[a], ror #8\n\t"
                         "str    %[t], [%[to]], #8\n\t"
                         "sxtb16 %[t], %[b]\n\t"
                         "str    %[t], [%[to]], #8\n\t"
                         "sxtb16 %[t], %[b], ror #8\n\t"
                         "str    %[t], [%[to]], #8"
                         : [in] "+r"(in), [to] "+r"(to), [a] "=&r"(a), [b] "=&r"(b), [t] "=&r"(t)
                         :
                         : "memory");
    if (n) {
        const uint32_t word = load_4(in);
        to[0] = even_bytes(word), to[2] = odd_bytes(word);
        to += 4;
    }
    return to;
}

#include "conv_2d_packed_s8.inc"

/* product() in assembly, as it takes all registers:
 *
 *   r0 windows   r1 rows   r2 r3 of the windows   r4 r5 of the rows
 *   r6, r7     row 0 alone, of either window; r8, r9   row 0 plus 256 times row 1
 *   r10, r11   row 2 alone;                   r12, lr  row 2 plus 256 times row 3
 *
 * What it has by value lies on the stack, behind the registers that it saves. */
#define ENTRY "[sp, #0]"
#define ROWS "[sp, #40]"
#define WINDOWS "[sp, #44]"
#define WINDOWS_END "[sp, #48]"
#define BLOCK "[sp, #52]"
#define FIRST "[sp, #56]"
#define FIRST_END "[sp, #60]"
#define SECOND "[sp, #64]"

/* Half of four columns: 8 products for each window, in 15 cycles. 14 instructions of 4 bytes. */
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

/* The next row's output of either window, whose sum SMMLAR needs doubled. r0 is at the row's
 * scale, r1 and `out` at the outputs; r5 is spoilt. */
#define OUTPUT(sum)                                                                                \
    "lsl    " sum ", " sum ", #1\n\t"                                                              \
    RESCALE_S8(sum, "r2", "r3", "r4", "r5")
#define OUTPUTS(first, second, out)                                                                \
    "ldmia  r0!, {r2-r4}\n\t"                                                                      \
    OUTPUT(first)                                                                                  \
    OUTPUT(second)                                                                                 \
    "strb   " first ", [r1], #1\n\t"                                                               \
    out                                                                                            \
    "strb   " second ", [r6], #1\n\t"

void rows_by_2_windows(struct work work);
ASSEMBLY_FUNCTION(rows_by_2_windows,
                  "push   {r0-r3}\n\t"
                  "push   {r4-r11, lr}\n\t"
                  "sub    sp, #4\n\t"
                  "mov    r5, r0\n\t"
                  /* The loop takes eight columns at a time, and is entered in its middle where
                   * their number is odd fours. */
                  "sub    r2, r1, r2\n\t"
                  "ubfx   r2, r2, #4, #1\n\t"
                  "mov    r3, #" FOUR_COLUMNS_BYTES "\n\t"
                  "adr.w  r4, 2f\n\t"
                  "orr    r4, #1\n\t"
                  "mla    r2, r2, r3, r4\n\t"
                  "str    r2, " ENTRY "\n\t"
                  "mov    r1, r5\n"
                  "1:\n\t"
                  "ldr    r0, " BLOCK "\n\t"
                  "ldr    r2, " ENTRY "\n\t"
                  "ldrd   r6, r10, [r0], #8\n\t"
                  "str    r0, " BLOCK "\n\t"
                  "ldr    r0, " WINDOWS "\n\t"
                  "mov    r7, r6\n\t"
                  "mov    r8, r6\n\t"
                  "mov    r9, r6\n\t"
                  "mov    r11, r10\n\t"
                  "mov    r12, r10\n\t"
                  "mov    lr, r10\n\t"
                  "bx     r2\n\t"
                  ".balign 4\n"
                  "2:\n\t"
                  EIGHT_COLUMNS
                  "ldr    r2, " WINDOWS_END "\n\t"
                  "cmp    r0, r2\n\t"
                  "bne    2b\n\t"
                  "ldr    r0, " BLOCK "\n\t"
                  "sub    r8, r8, r6\n\t"
                  "sub    r9, r9, r7\n\t"
                  "sub    r12, r12, r10\n\t"
                  "sub    lr, lr, r11\n\t"
                  "ldrd   r2, r3, [r0], #8\n\t"
                  "str    r1, " ROWS "\n\t"
                  "ldr    r1, " FIRST "\n\t"
                  "add    r8, r2, r8, asr #8\n\t"
                  "add    r9, r2, r9, asr #8\n\t"
                  "add    r12, r3, r12, asr #8\n\t"
                  "add    lr, r3, lr, asr #8\n\t"
                  OUTPUTS("r6", "r7", "ldr r6, " SECOND "\n\t")
                  OUTPUTS("r8", "r9", "")
                  OUTPUTS("r10", "r11", "")
                  OUTPUTS("r12", "lr", "")
                  "str    r0, " BLOCK "\n\t"
                  "str    r1, " FIRST "\n\t"
                  "str    r6, " SECOND "\n\t"
                  "ldr    r2, " FIRST_END "\n\t"
                  "cmp    r1, r2\n\t"
                  "ldr    r1, " ROWS "\n\t"
                  "bne    1b\n\t"
                  "add    sp, #4\n\t"
                  "pop    {r4-r11, lr}\n\t"
                  "add    sp, #16\n\t"
                  "bx     lr\n\t");

static inline void product(struct work work)
{
    rows_by_2_windows(work);
}
