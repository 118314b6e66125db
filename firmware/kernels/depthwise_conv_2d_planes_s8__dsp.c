#include "depthwise_conv_2d_planes.h"

#include "assembly.h"
#include "dot_dsp.h"
#include "rescale_s8_dsp.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#include "depthwise_conv_2d_planes_s8.inc"

/* What plane_of_3() needs of one output channel. */
struct plane {
    const uint32_t *line;  /* where the windows of a row of outputs begin */
    int32_t next_row;      /* bytes from there to those of the next one */
    int32_t rows, columns; /* of outputs */
    uint32_t taps[3][2];   /* of each row of the filter the pairs (w0 w1)(w1 w2), doubled */
    int32_t next_line;     /* bytes from one line of the window to the next */
    int8_t *out;
    int32_t next_output;
    int32_t offset, multiplier, rounding, shift;
};

/* Filters of 3x3 are in assembly, as GCC has no register left for the outputs of four windows, and puts
 * each load right before its use, where it costs a cycle more.
 *
 *   r0 line   r1 outputs left of the row   r2 r3 r4 of the line   r5 r6 taps
 *   r7 to r10 four sums   r11 next line   r12 next output   lr out
 *
 * What they have by value lies on the stack, behind the registers that they save. */
#define LINE "[sp, #36]"
#define NEXT_ROW "[sp, #40]"
#define ROWS "[sp, #44]"
#define COLUMNS "[sp, #48]"
#define TAPS(offset) "[sp, #52 + " #offset "]"
#define NEXT_LINE "[sp, #76]"
#define OUT "[sp, #80]"
#define NEXT_OUTPUT "[sp, #84]"
#define OFFSET "[sp, #88]"
#define MULTIPLIER "[sp, #92]"
#define ROUNDING "[sp, #96]"
#define SHIFT "[sp, #100]"

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
    sum(TAPS(0), TAPS(4), copies, NEXT)                                                            \
    sum(TAPS(8), TAPS(12), "", NEXT)                                                               \
    sum(TAPS(16), TAPS(20), "", "")                                                                \
    "ldr    r2, " MULTIPLIER "\n\t"                                                                \
    "ldr    r3, " ROUNDING "\n\t"                                                                  \
    "ldr    r4, " SHIFT "\n\t"                                                                     \
    RESCALE_S8("r7", "r2", "r3", "r4", "r5")                                                       \
    RESCALE_S8("r8", "r2", "r3", "r4", "r5")

#define STORE(sum)                                                                                 \
    "strb   " sum ", [lr]\n\t"                                                                     \
    "add    lr, r12\n\t"

/* Rows of four outputs at a time; the last three are four of which one is not stored, the last one or
 * two are two. `advance` bytes are from four windows to the next. */
#define OUTPUT_PLANE(sum_4, sum_2, advance)                                                        \
    "push   {r0-r3}\n\t"                                                                           \
    "push   {r4-r11, lr}\n\t"                                                                      \
    "ldr    lr, " OUT "\n\t"                                                                       \
    "ldr    r11, " NEXT_LINE "\n\t"                                                                \
    "ldr    r12, " NEXT_OUTPUT "\n"                                                                \
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
    STORE("r7")                                                                                    \
    "subs   r1, #1\n\t"                                                                            \
    "beq    4f\n\t"                                                                                \
    STORE("r8")                                                                                    \
    "4:\n\t"                                                                                       \
    "ldr    r0, " LINE "\n\t"                                                                      \
    "ldr    r1, " NEXT_ROW "\n\t"                                                                  \
    "ldr    r2, " ROWS "\n\t"                                                                      \
    "add    r0, r0, r1\n\t"                                                                        \
    "str    r0, " LINE "\n\t"                                                                      \
    "subs   r2, #1\n\t"                                                                            \
    "str    r2, " ROWS "\n\t"                                                                      \
    "bne    1b\n\t"                                                                                \
    "pop    {r4-r11, lr}\n\t"                                                                      \
    "add    sp, #16\n\t"                                                                           \
    "bx     lr\n\t"

void plane_of_3(struct plane plane);
ASSEMBLY_FUNCTION(plane_of_3, OUTPUT_PLANE(SUM_4, SUM_2, "32"));

void plane_of_3_apart(struct plane plane);
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
static inline bool output_plane_of_3(const struct channel *channel, const int8_t *taps)
{
    if (channel->filter_h != 3 && channel->filter_h != 1)
        return false;
    const int32_t lines = channel->filter_h == 3 ? 4 * channel->next_line : 0;
    struct plane plane = {
        .line = channel->plane,
        .next_row = 4 * channel->next_row,
        .rows = channel->rows,
        .columns = channel->columns,
        .next_line = lines,
        .out = channel->out,
        .next_output = channel->next_output,
        .offset = channel->offset,
        .multiplier = channel->multiplier,
        .rounding = channel->rounding,
        .shift = channel->shift,
    };
    for (int32_t i = 0; i < channel->filter_h; i++)
        pair_taps_of_3(taps + 4 * i, plane.taps[i]);
    if (channel->stride == 1)
        plane_of_3(plane);
    else
        plane_of_3_apart(plane);
    return true;
}
