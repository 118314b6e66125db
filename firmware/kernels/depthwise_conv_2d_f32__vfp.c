#include "limit_f32_vfp.h"

#include "depthwise_conv_2d_f32.inc"

#define MULTIPLY(tap, x) "vmul.f32 s" #tap ", s" #tap ", s" #x "\n\t"
#define ADD(sum, tap) "vadd.f32 s" #sum ", s" #sum ", s" #tap "\n\t"
#define ZERO(sum) "vmov s" #sum ", %[left]\n\t"

/* Eight inputs and eight taps are loaded by one VLDM each; a product is added two instructions later,
 * when it is there. */
static inline void output_eight(const params *p, const struct seen *seen, int32_t first, float *out)
{
    static const float none[EIGHT];
    const float *pixel = seen->pixel + first, *taps = seen->taps + first;
    int32_t rows = seen->rows, left;
    __asm__ volatile("mov    %[left], #0\n\t"
                     ZERO(0) ZERO(1) ZERO(2) ZERO(3) ZERO(4) ZERO(5) ZERO(6) ZERO(7)
                     ".balign 4\n"
                     "1:\n\t"
                     "mov    %[left], %[columns]\n"
                     ".balign 4\n"
                     "2:\n\t"
                     "vldmia %[pixel], {s8-s15}\n\t"
                     "vldmia %[taps], {s16-s23}\n\t"
                     "add    %[pixel], %[pixel], %[next_pixel], lsl #2\n\t"
                     "add    %[taps], %[taps], %[next_taps], lsl #2\n\t"
                     "subs   %[left], #1\n\t"
                     MULTIPLY(16, 8) MULTIPLY(17, 9)
                     MULTIPLY(18, 10) ADD(0, 16) MULTIPLY(19, 11) ADD(1, 17)
                     MULTIPLY(20, 12) ADD(2, 18) MULTIPLY(21, 13) ADD(3, 19)
                     MULTIPLY(22, 14) ADD(4, 20) MULTIPLY(23, 15) ADD(5, 21)
                     ADD(6, 22) ADD(7, 23)
                     "bne    2b\n\t"
                     "add    %[pixel], %[pixel], %[next_row], lsl #2\n\t"
                     "add    %[taps], %[taps], %[next_row_taps], lsl #2\n\t"
                     "subs   %[rows], #1\n\t"
                     "bne    1b\n\t"
                     "vldmia %[bias], {s8-s15}\n\t"
                     ADD(0, 8) ADD(1, 9) ADD(2, 10) ADD(3, 11)
                     ADD(4, 12) ADD(5, 13) ADD(6, 14) ADD(7, 15)
                     LIMIT(0) LIMIT(1) LIMIT(2) LIMIT(3) LIMIT(4) LIMIT(5) LIMIT(6) LIMIT(7)
                     "vstmia %[out], {s0-s7}"
                     : [pixel] "+&r"(pixel), [taps] "+&r"(taps), [rows] "+&r"(rows),
                       [left] "=&r"(left)
                     : [columns] "r"(seen->columns), [next_pixel] "r"(seen->next_pixel),
                       [next_taps] "r"(seen->next_taps),
                       [next_row] "r"(seen->next_row - seen->columns * seen->next_pixel),
                       [next_row_taps] "r"(seen->next_row_taps - seen->columns * seen->next_taps),
                       [bias] "r"(p->bias ? p->bias + first : none), [min] "t"(p->min),
                       [max] "t"(p->max), [out] "r"(out)
                     : "memory", "cc", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                       "s10", "s11", "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19", "s20",
                       "s21", "s22", "s23");
}
