/* The columns of b are rows behind each other where it is turned, as keys of attention are, and lie side by
 * side where it is not; other strides have the loops of __ref. */
#include <stdbool.h>

#include "batch_matmul.h"
#include "dot_f32_vfp.h"

enum { EIGHT = 8 };

#define MULTIPLY(y) "vmul.f32 s" #y ", s" #y ", s24\n\t"
#define ADD(sum, y) "vadd.f32 s" #sum ", s" #sum ", s" #y "\n\t"
#define ZERO(sum) "vmov s" #sum ", %[zero]\n\t"

/* A row of a, in one piece, times eight columns that lie side by side. A product is added two instructions
 * later, when it is there. */
static __attribute__((noinline)) void eight_columns(const float *x, const float *y, int32_t depth,
                                                    int32_t stride, float *out)
{
    __asm__ volatile(ZERO(0) ZERO(1) ZERO(2) ZERO(3) ZERO(4) ZERO(5) ZERO(6) ZERO(7)
                     ".balign 4\n"
                     "1:\n\t"
                     "vldmia %[x]!, {s24}\n\t"
                     "vldmia %[y], {s16-s23}\n\t"
                     "add    %[y], %[y], %[stride], lsl #2\n\t"
                     "subs   %[depth], #1\n\t"
                     MULTIPLY(16) MULTIPLY(17)
                     MULTIPLY(18) ADD(0, 16) MULTIPLY(19) ADD(1, 17)
                     MULTIPLY(20) ADD(2, 18) MULTIPLY(21) ADD(3, 19)
                     MULTIPLY(22) ADD(4, 20) MULTIPLY(23) ADD(5, 21)
                     ADD(6, 22) ADD(7, 23)
                     "bne    1b\n\t"
                     "vstmia %[out], {s0-s7}"
                     : [x] "+&r"(x), [y] "+&r"(y), [depth] "+&r"(depth)
                     : [stride] "r"(stride), [out] "r"(out), [zero] "r"(0)
                     : "memory", "cc", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s16",
                       "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24");
}

static inline int32_t some_columns(const struct batch_matmul_shape *s, const float *x, const float *y,
                                   int32_t left, float *out)
{
    const bool rows = s->depth_stride_b == 1 && s->column_stride_b == s->depth;
    if (s->depth_stride_a != 1 || s->depth < 1 || left < 1)
        return 0;
    if (left >= EIGHT && s->column_stride_b == 1) {
        eight_columns(x, y, s->depth, s->depth_stride_b, out);
        return EIGHT;
    }
    if (rows && left >= 2)
        dot_2_f32(y, x, s->depth, out);
    else if (rows)
        *out = dot_f32(y, x, s->depth);
    return rows ? left < 2 ? left : 2 : 0;
}

#define SOME_COLUMNS(p, x, y, left, out) some_columns(&(p)->shape, x, y, left, out)
#include "batch_matmul_f32.inc"
