#include "depthwise_conv_2d_planes.h"

#include "assembly.h"
#include "dot_dsp.h"
#include "rescale_s8_dsp.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#include "depthwise_conv_2d_planes_s8.inc"

/* The planes of filters of three columns are in assembly, as GCC has no register left for the
 * outputs of four windows, and puts each load right before its use, where it costs a cycle more.
 *
 *   r0 line   r1 taps   r2 r3 r4 of the line   r5 r6 of the taps   r7 to r10 four sums
 *   r11 next line   r12 lines left   lr out
 *
 * What they have by value lies on the stack, behind the registers that they save. */
#define LEFT "[sp, #0]" /* outputs of the row */
#define FIRST_LINE "[sp, #4]" /* of the windows */
#define PLANE "[sp, #44]"
#define NEXT_ROW "[sp, #48]"
#define ROWS "[sp, #52]"
#define COLUMNS "[sp, #56]"
#define TAPS "[sp, #60]"
#define FILTER_H "[sp, #64]"
#define NEXT_LINE "[sp, #68]"
#define OUT "[sp, #72]"
#define NEXT_OUTPUT "[sp, #76]"
#define OFFSET "[sp, #80]"
#define MULTIPLIER "[sp, #84]"
#define ROUNDING "[sp, #88]"
#define SHIFT "[sp, #92]"

/* The windows at columns 0 to 3, of one line. Of the pairs (w0 w1)(0 w0)(w2 0)(w1 w2) the first and
 * the last are all that it takes: 12 products in 18 cycles, with the loop. */
#define SUM_4                                                                                      \
    "ldr    r3, [r0, #16]\n\t"                                                                     \
    "ldr    r4, [r0, #32]\n\t"                                                                     \
    "ldr    r6, [r1, #12]\n\t"                                                                     \
    "ldr    r5, [r1], #16\n\t"                                                                     \
    "ldr    r2, [r0]\n\t"                                                                          \
    "smlad  r8, r3, r6, r8\n\t"                                                                    \
    "smlad  r9, r3, r5, r9\n\t"                                                                    \
    "smlabt r7, r3, r6, r7\n\t"                                                                    \
    "smlatb r10, r3, r5, r10\n\t"                                                                  \
    "smlad  r7, r2, r5, r7\n\t"                                                                    \
    "smlatb r8, r2, r5, r8\n\t"                                                                    \
    "smlabt r9, r4, r6, r9\n\t"                                                                    \
    "smlad  r10, r4, r6, r10\n\t"
#define SUM_2                                                                                      \
    "ldr    r3, [r0, #16]\n\t"                                                                     \
    "ldr    r2, [r0]\n\t"                                                                          \
    "ldr    r6, [r1, #12]\n\t"                                                                     \
    "ldr    r5, [r1], #16\n\t"                                                                     \
    "smlad  r8, r3, r6, r8\n\t"                                                                    \
    "smlabt r7, r3, r6, r7\n\t"                                                                    \
    "smlad  r7, r2, r5, r7\n\t"                                                                    \
    "smlatb r8, r2, r5, r8\n\t"

/* The same of windows at columns 0, 2, 4 and 6, and at 0 and 2. */
#define SUM_4_APART                                                                                \
    "ldr    r3, [r0, #16]\n\t"                                                                     \
    "ldr    r4, [r0, #32]\n\t"                                                                     \
    "ldr    r6, [r1, #12]\n\t"                                                                     \
    "ldr    r5, [r1], #16\n\t"                                                                     \
    "ldr    r2, [r0]\n\t"                                                                          \
    "smlabt r7, r3, r6, r7\n\t"                                                                    \
    "smlad  r8, r3, r5, r8\n\t"                                                                    \
    "smlad  r7, r2, r5, r7\n\t"                                                                    \
    "ldr    r3, [r0, #48]\n\t"                                                                     \
    "ldr    r2, [r0, #64]\n\t"                                                                     \
    "smlabt r8, r4, r6, r8\n\t"                                                                    \
    "smlad  r9, r4, r5, r9\n\t"                                                                    \
    "smlabt r9, r3, r6, r9\n\t"                                                                    \
    "smlad  r10, r3, r5, r10\n\t"                                                                  \
    "smlabt r10, r2, r6, r10\n\t"
#define SUM_2_APART                                                                                \
    "ldr    r3, [r0, #16]\n\t"                                                                     \
    "ldr    r4, [r0, #32]\n\t"                                                                     \
    "ldr    r6, [r1, #12]\n\t"                                                                     \
    "ldr    r5, [r1], #16\n\t"                                                                     \
    "ldr    r2, [r0]\n\t"                                                                          \
    "smlabt r7, r3, r6, r7\n\t"                                                                    \
    "smlad  r8, r3, r5, r8\n\t"                                                                    \
    "smlad  r7, r2, r5, r7\n\t"                                                                    \
    "smlabt r8, r4, r6, r8\n\t"

#define BEGIN_SUMS                                                                                 \
    "ldr    r7, " OFFSET "\n\t"                                                                    \
    "ldr    r1, " TAPS "\n\t"                                                                      \
    "ldr    r12, " FILTER_H "\n\t"                                                                 \
    "mov    r8, r7\n\t"

#define NEXT_SUMS(loop)                                                                            \
    "add    r0, r0, r11, lsl #2\n\t"                                                               \
    "subs   r12, #1\n\t"                                                                           \
    "bne    " loop "\n\t"                                                                          \
    "ldr    r2, " MULTIPLIER "\n\t"                                                                \
    "ldr    r3, " ROUNDING "\n\t"                                                                  \
    "ldr    r4, " SHIFT "\n\t"                                                                     \
    "ldr    r12, " NEXT_OUTPUT "\n\t"

#define STORE(sum)                                                                                 \
    "strb   " sum ", [lr]\n\t"                                                                     \
    "add    lr, r12\n\t"

/* Rows of four outputs at a time; the last three are four of which one is not stored, the last one or
 * two are two. `advance` bytes are from four windows to the next. */
#define OUTPUT_PLANE(sum_4, sum_2, advance)                                                        \
    "push   {r0-r3}\n\t"                                                                           \
    "push   {r4-r11, lr}\n\t"                                                                      \
    "sub    sp, #8\n\t"                                                                            \
    "ldr    lr, " OUT "\n\t"                                                                       \
    "ldr    r11, " NEXT_LINE "\n"                                                                  \
    "1:\n\t"                                                                                       \
    "ldr    r0, " PLANE "\n\t"                                                                     \
    "ldr    r6, " COLUMNS "\n\t"                                                                   \
    "subs   r6, #3\n\t"                                                                            \
    "blt    4f\n"                                                                                  \
    "2:\n\t"                                                                                       \
    "str    r6, " LEFT "\n\t"                                                                      \
    "str    r0, " FIRST_LINE "\n\t"                                                                \
    BEGIN_SUMS                                                                                     \
    "mov    r9, r7\n\t"                                                                            \
    "mov    r10, r7\n\t"                                                                           \
    ".balign 4\n"                                                                                  \
    "3:\n\t"                                                                                       \
    sum_4                                                                                          \
    NEXT_SUMS("3b")                                                                                \
    "ldr    r6, " LEFT "\n\t"                                                                      \
    "ldr    r0, " FIRST_LINE "\n\t"                                                                \
    RESCALE_S8("r7", "r2", "r3", "r4", "r5")                                                       \
    RESCALE_S8("r8", "r2", "r3", "r4", "r5")                                                       \
    RESCALE_S8("r9", "r2", "r3", "r4", "r5")                                                       \
    RESCALE_S8("r10", "r2", "r3", "r4", "r5")                                                      \
    STORE("r7")                                                                                    \
    STORE("r8")                                                                                    \
    STORE("r9")                                                                                    \
    "subs   r6, #1\n\t"                                                                            \
    "blt    6f\n\t"                                                                                \
    STORE("r10")                                                                                   \
    "add    r0, #" advance "\n\t"                                                                  \
    "subs   r6, #3\n\t"                                                                            \
    "bge    2b\n"                                                                                  \
    "4:\n\t"                                                                                       \
    "adds   r6, #3\n\t"                                                                            \
    "beq    6f\n\t"                                                                                \
    "str    r6, " LEFT "\n\t"                                                                      \
    BEGIN_SUMS                                                                                     \
    ".balign 4\n"                                                                                  \
    "5:\n\t"                                                                                       \
    sum_2                                                                                          \
    NEXT_SUMS("5b")                                                                                \
    "ldr    r6, " LEFT "\n\t"                                                                      \
    RESCALE_S8("r7", "r2", "r3", "r4", "r5")                                                       \
    STORE("r7")                                                                                    \
    "subs   r6, #1\n\t"                                                                            \
    "beq    6f\n\t"                                                                                \
    RESCALE_S8("r8", "r2", "r3", "r4", "r5")                                                       \
    STORE("r8")                                                                                    \
    "6:\n\t"                                                                                       \
    "ldr    r0, " PLANE "\n\t"                                                                     \
    "ldr    r1, " NEXT_ROW "\n\t"                                                                  \
    "ldr    r2, " ROWS "\n\t"                                                                      \
    "add    r0, r0, r1, lsl #2\n\t"                                                                \
    "str    r0, " PLANE "\n\t"                                                                     \
    "subs   r2, #1\n\t"                                                                            \
    "str    r2, " ROWS "\n\t"                                                                      \
    "bne    1b\n\t"                                                                                \
    "add    sp, #8\n\t"                                                                            \
    "pop    {r4-r11, lr}\n\t"                                                                      \
    "add    sp, #16\n\t"                                                                           \
    "bx     lr\n\t"

void plane_of_3(struct channel channel);
ASSEMBLY_FUNCTION(plane_of_3, OUTPUT_PLANE(SUM_4, SUM_2, "32"));

void plane_of_3_apart(struct channel channel);
ASSEMBLY_FUNCTION(plane_of_3_apart, OUTPUT_PLANE(SUM_4_APART, SUM_2_APART, "64"));

/* (w0 w1) and (w1 w2) of rows of w0 w1 w2 0, doubled. */
static inline void pair_taps_of_3(const int8_t *taps, int32_t rows, uint32_t *to)
{
    for (; rows > 0; rows--, taps += 4, to += 4) {
        uint32_t even, odd = load_4(taps), last;
        __asm__("sxtb16 %0, %1\n\t"
                "sxtb16 %1, %1, ror #8\n\t"
                "sadd16 %0, %0, %0\n\t"
                "sadd16 %1, %1, %1\n\t"
                "pkhtb  %2, %0, %1"
                : "=&r"(even), "+r"(odd), "=r"(last));
        to[0] = low_halves(even, odd);
        to[3] = last;
    }
}

static inline void output_plane_of_3(const struct channel *channel, const int8_t *taps, uint32_t *to)
{
    pair_taps_of_3(taps, channel->filter_h, to);
    if (channel->stride == 1)
        plane_of_3(*channel);
    else
        plane_of_3_apart(*channel);
}
