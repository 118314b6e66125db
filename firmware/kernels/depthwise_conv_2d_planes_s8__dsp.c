#include "depthwise_conv_2d_planes.h"

#include <stddef.h>

#include "assembly.h"
#include "dot_dsp.h"
#include "rescale_s8_dsp.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#include "depthwise_conv_2d_planes_s8.inc"

/* Outputs of a channel are in assembly, as GCC has no register left for those of four windows, and puts
 * each load right before its use, where it costs a cycle more. r12 points to the channel. */
#define LINE "[r12]"
#define NEXT_ROW "[r12, #4]"
#define ROWS "[r12, #8]"
#define COLUMNS "[r12, #12]"
#define OUT "[r12, #16]"
#define NEXT_OUTPUT "[r12, #20]"
#define OFFSET "[r12, #24]"
#define MULTIPLIER "[r12, #28]"
#define ROUNDING "[r12, #32]"
#define SHIFT "[r12, #36]"
#define NEXT_LINE "[r12, #40]"
#define TAPS_OF_3(offset) "[r12, #44 + " #offset "]"
#define TAPS "[r12, #68]"
#define TAPS_END "[r12, #72]"
#define WORDS "[r12, #76]"
#define BEHIND_LINE "[r12, #80]"
#define SECOND "[r12, #84]"
#define THIRD "[r12, #88]"
#define FIRST "[r12, #92]"
#define LEFT "[r12, #96]"
#define BEHIND_ROW "[r12, #100]"

_Static_assert(offsetof(struct channel, taps_of_3) == 44 && offsetof(struct channel, behind_row) == 100,
               "what assembly knows of struct channel");

/* Stores a sum and leaves with r1 = 0 behind the last output of a row. */
#define STORE(sum)                                                                                 \
    "strb   " sum ", [lr]\n\t"                                                                     \
    "add    lr, r6\n\t"
#define STORE_NEXT(sum)                                                                            \
    STORE(sum)                                                                                     \
    "subs   r1, #1\n\t"                                                                            \
    "beq    4f\n\t"

/* 4: goes to the next row at 1, behind the last one back to C. */
#define NEXT_ROW_OF_OUTPUTS                                                                        \
    "4:\n\t"                                                                                       \
    "ldr    r0, " LINE "\n\t"                                                                      \
    "ldr    r1, " NEXT_ROW "\n\t"                                                                  \
    "ldr    r2, " ROWS "\n\t"                                                                      \
    "ldr    r3, " BEHIND_ROW "\n\t"                                                                \
    "add    lr, r3\n\t"                                                                            \
    "str    lr, " OUT "\n\t"                                                                       \
    "add    r0, r0, r1\n\t"                                                                        \
    "str    r0, " LINE "\n\t"                                                                      \
    "subs   r2, #1\n\t"                                                                            \
    "str    r2, " ROWS "\n\t"                                                                      \
    "bne    1b\n\t"                                                                                \
    "pop    {r4-r11, pc}\n\t"

/* Filters of 3x3.
 *
 *   r0 line   r1 outputs left of the row   r2 r3 r4 of the line   r5 r6 taps
 *   r7 to r10 four sums   r11 next line   lr out */

/* The windows at columns 0 to 3 and 0 to 1 of one line; 12 products in 14 cycles. `copies`
 * are the sums' beginnings, `next` goes on to the next line. */
#define SUM_4(first, last, copies, next)                                                                   \
    "ldr    r3, [r0, #16]\n\t"                                                                     \
    "ldr    r4, [r0, #32]\n\t"                                                                     \
    "ldr    r6, " last "\n\t"                                                                      \
    "ldr    r5, " first "\n\t"                                                                     \
    "ldr    r2, [r0]\n\t"                                                                          \
    copies                                                                                         \
    next                                                                                           \
    "smlad  r8, r3, r6, r8\n\t"                                                                    \
    "smlad  r9, r3, r5, r9\n\t"                                                                    \
    "smlabt r7, r3, r6, r7\n\t"                                                                    \
    "smlatb r10, r3, r5, r10\n\t"                                                                  \
    "smlad  r7, r2, r5, r7\n\t"                                                                    \
    "smlatb r8, r2, r5, r8\n\t"                                                                    \
    "smlabt r9, r4, r6, r9\n\t"                                                                    \
    "smlad  r10, r4, r6, r10\n\t"
#define SUM_2(first, last, copies, next)                                                                   \
    "ldr    r3, [r0, #16]\n\t"                                                                     \
    "ldr    r2, [r0]\n\t"                                                                          \
    "ldr    r6, " last "\n\t"                                                                      \
    "ldr    r5, " first "\n\t"                                                                     \
    copies                                                                                         \
    next                                                                                           \
    "smlad  r8, r3, r6, r8\n\t"                                                                    \
    "smlabt r7, r3, r6, r7\n\t"                                                                    \
    "smlad  r7, r2, r5, r7\n\t"                                                                    \
    "smlatb r8, r2, r5, r8\n\t"

/* The same of windows at columns 0, 2, 4 and 6, and at 0 and 2. */
#define SUM_4_APART(first, last, copies, next)                                                             \
    "ldr    r3, [r0, #16]\n\t"                                                                     \
    "ldr    r4, [r0, #32]\n\t"                                                                     \
    "ldr    r6, " last "\n\t"                                                                      \
    "ldr    r5, " first "\n\t"                                                                     \
    "ldr    r2, [r0]\n\t"                                                                          \
    copies                                                                                         \
    "smlabt r7, r3, r6, r7\n\t"                                                                    \
    "smlad  r8, r3, r5, r8\n\t"                                                                    \
    "smlad  r7, r2, r5, r7\n\t"                                                                    \
    "ldr    r3, [r0, #48]\n\t"                                                                     \
    "ldr    r2, [r0, #64]\n\t"                                                                     \
    next                                                                                           \
    "smlabt r8, r4, r6, r8\n\t"                                                                    \
    "smlad  r9, r4, r5, r9\n\t"                                                                    \
    "smlabt r9, r3, r6, r9\n\t"                                                                    \
    "smlad  r10, r3, r5, r10\n\t"                                                                  \
    "smlabt r10, r2, r6, r10\n\t"
#define SUM_2_APART(first, last, copies, next)                                                     \
    "ldr    r3, [r0, #16]\n\t"                                                                     \
    "ldr    r4, [r0, #32]\n\t"                                                                     \
    "ldr    r6, " last "\n\t"                                                                      \
    "ldr    r5, " first "\n\t"                                                                     \
    "ldr    r2, [r0]\n\t"                                                                          \
    copies                                                                                         \
    next                                                                                           \
    "smlabt r7, r3, r6, r7\n\t"                                                                    \
    "smlad  r8, r3, r5, r8\n\t"                                                                    \
    "smlad  r7, r2, r5, r7\n\t"                                                                    \
    "smlabt r8, r4, r6, r8\n\t"

#define NEXT "add    r0, r0, r11\n\t"
#define COPY_1 "mov    r8, r7\n\t"
#define COPY_3 COPY_1 "mov    r9, r7\n\t" "mov    r10, r7\n\t"
#define SUMS(sum, copies)                                                                          \
    "ldr    r7, " OFFSET "\n\t"                                                                    \
    sum(TAPS_OF_3(0), TAPS_OF_3(4), copies, NEXT)                                                  \
    sum(TAPS_OF_3(8), TAPS_OF_3(12), "", NEXT)                                                     \
    sum(TAPS_OF_3(16), TAPS_OF_3(20), "", "")                                                      \
    "ldr    r2, " MULTIPLIER "\n\t"                                                                \
    "ldr    r3, " ROUNDING "\n\t"                                                                  \
    "ldr    r4, " SHIFT "\n\t"                                                                     \
    "ldr    r6, " NEXT_OUTPUT "\n\t"                                                               \
    RESCALE_S8("r7", "r2", "r3", "r4", "r5")                                                       \
    RESCALE_S8("r8", "r2", "r3", "r4", "r5")

/* Rows of four outputs at a time; the last three are four of which one is not stored, the last one or
 * two are two. `advance` bytes are from four windows to the next. */
#define OUTPUT_PLANE(sum_4, sum_2, advance)                                                        \
    "push   {r4-r11, lr}\n\t"                                                                      \
    "mov    r12, r0\n\t"                                                                           \
    "ldr    lr, " OUT "\n\t"                                                                       \
    "ldr    r11, " NEXT_LINE "\n"                                                                  \
    "1:\n\t"                                                                                       \
    "ldr    r0, " LINE "\n\t"                                                                      \
    "ldr    r1, " COLUMNS "\n\t"                                                                   \
    "subs   r1, #3\n\t"                                                                            \
    "blt    3f\n\t"                                                                                \
    ".balign 4\n"                                                                                  \
    "2:\n\t"                                                                                       \
    SUMS(sum_4, COPY_3)                                                                            \
    RESCALE_S8("r9", "r2", "r3", "r4", "r5")                                                       \
    RESCALE_S8("r10", "r2", "r3", "r4", "r5")                                                      \
    STORE("r7")                                                                                    \
    STORE("r8")                                                                                    \
    STORE("r9")                                                                                    \
    "subs   r1, #1\n\t"                                                                            \
    "blt    4f\n\t"                                                                                \
    STORE("r10")                                                                                   \
    "sub    r0, r0, r11, lsl #1\n\t"                                                               \
    "add    r0, #" advance "\n\t"                                                                  \
    "subs   r1, #3\n\t"                                                                            \
    "bge    2b\n"                                                                                  \
    "3:\n\t"                                                                                       \
    "adds   r1, #3\n\t"                                                                            \
    "beq    4f\n\t"                                                                                \
    SUMS(sum_2, COPY_1)                                                                            \
    STORE_NEXT("r7")                                                                               \
    STORE("r8")                                                                                    \
    NEXT_ROW_OF_OUTPUTS

void plane_of_3(struct channel *channel);
ASSEMBLY_FUNCTION(plane_of_3, OUTPUT_PLANE(SUM_4, SUM_2, "32"));

void plane_of_3_apart(struct channel *channel);
ASSEMBLY_FUNCTION(plane_of_3_apart, OUTPUT_PLANE(SUM_4_APART, SUM_2_APART, "64"));

/* (w0 w1) and (w1 w2) of w0 w1 w2 0, doubled. */
static inline void pair_taps_of_3(const int8_t *taps, uint32_t pairs[2])
{
    uint32_t even, odd = load_4(taps);
    __asm__("sxtb16 %0, %1\n\t"
            "sxtb16 %1, %1, ror #8\n\t"
            "sadd16 %0, %0, %0\n\t"
            "sadd16 %1, %1, %1\n\t"
            "pkhtb  %2, %0, %1"
            : "=&r"(even), "+r"(odd), "=r"(pairs[1]));
    pairs[0] = low_halves(even, odd);
}

/* A filter of one row is one of three, of which two are zeros and see the same line. */
static inline bool output_plane_of_3(struct channel *channel, const int8_t *taps)
{
    if (channel->filter_h == 3) {
        pair_taps_of_3(taps + 4, channel->taps_of_3[1]);
        pair_taps_of_3(taps + 8, channel->taps_of_3[2]);
    } else if (channel->filter_h == 1) {
        channel->next_line = 0;
    } else {
        return false;
    }
    pair_taps_of_3(taps, channel->taps_of_3[0]);
    if (channel->stride == 1)
        plane_of_3(channel);
    else
        plane_of_3_apart(channel);
    return true;
}

/* Filters of any size, windows any number of columns apart; the last one or two of a row are two.
 *
 *   r0 lr lines of the first and the third window   r1 from there to the others
 *   r2 r3 of the lines   r4 words left   r5 r6 taps   r11 next taps   r7 to r10 four sums */
#define SUM_FIRST_TWO                                                                              \
    "ldr    r3, [r0, r1]\n\t"                                                                      \
    "ldr    r2, [r0], #16\n\t"                                                                     \
    "ldr    r6, [r11, #4]\n\t"                                                                     \
    "ldr    r5, [r11], #8\n\t"                                                                     \
    "subs   r4, #1\n\t"                                                                            \
    "smlad  r7, r2, r5, r7\n\t"                                                                    \
    "smlad  r8, r3, r6, r8\n\t"
#define SUM_LAST_TWO                                                                               \
    "ldr    r3, [lr, r1]\n\t"                                                                      \
    "ldr    r2, [lr], #16\n\t"                                                                     \
    "smlad  r9, r2, r5, r9\n\t"                                                                    \
    "smlad  r10, r3, r6, r10\n\t"

/* All lines; `next` goes on to the next one. */
#define SUM_LINES(sum, next)                                                                       \
    ".balign 4\n"                                                                                  \
    "5:\n\t"                                                                                       \
    "ldr    r4, " WORDS "\n"                                                                       \
    "6:\n\t"                                                                                       \
    sum                                                                                            \
    "bne    6b\n\t"                                                                                \
    "ldr    r2, " BEHIND_LINE "\n\t"                                                               \
    "ldr    r3, " TAPS_END "\n\t"                                                                  \
    "add    r0, r2\n\t"                                                                            \
    next                                                                                           \
    "cmp    r11, r3\n\t"                                                                           \
    "bne    5b\n\t"

void any_plane(struct channel *channel);
ASSEMBLY_FUNCTION(any_plane,
    "push   {r4-r11, lr}\n\t"
    "mov    r12, r0\n"
    "1:\n\t"
    "ldr    r0, " LINE "\n\t"
    "ldr    r2, " COLUMNS "\n"
    "2:\n\t"
    "str    r0, " FIRST "\n\t"
    "str    r2, " LEFT "\n\t"
    "ldr    r7, " OFFSET "\n\t"
    "ldr    r3, " THIRD "\n\t"
    "ldr    r1, " SECOND "\n\t"
    "ldr    r11, " TAPS "\n\t"
    "add    lr, r0, r3\n\t"
    COPY_3
    "cmp    r2, #3\n\t"
    "blt    3f\n\t"
    SUM_LINES(SUM_FIRST_TWO SUM_LAST_TWO, "add    lr, r2\n\t")
    "b      7f\n"
    "3:\n\t"
    SUM_LINES(SUM_FIRST_TWO, "")
    "7:\n\t"
    "ldr    r2, " MULTIPLIER "\n\t"
    "ldr    r3, " ROUNDING "\n\t"
    "ldr    r4, " SHIFT "\n\t"
    "ldr    r0, " FIRST "\n\t"
    "ldr    r1, " LEFT "\n\t"
    "ldr    r6, " NEXT_OUTPUT "\n\t"
    "ldr    r11, " THIRD "\n\t"
    "ldr    lr, " OUT "\n\t"
    RESCALE_S8("r7", "r2", "r3", "r4", "r5")
    RESCALE_S8("r8", "r2", "r3", "r4", "r5")
    RESCALE_S8("r9", "r2", "r3", "r4", "r5")
    RESCALE_S8("r10", "r2", "r3", "r4", "r5")
    STORE_NEXT("r7")
    STORE_NEXT("r8")
    STORE_NEXT("r9")
    STORE_NEXT("r10")
    "str    lr, " OUT "\n\t"
    "mov    r2, r1\n\t"
    "add    r0, r0, r11, lsl #1\n\t"
    "b      2b\n"
    NEXT_ROW_OF_OUTPUTS);

static void output_any_plane(struct channel *channel)
{
    any_plane(channel);
}
