#include "limit_f32_vfp.h"

#include "max_pool_2d_f32.inc"

#define LEAST(max) "vmov s" #max ", %[left]\n\t"
/* What is no number is not greater. */
#define LARGER(max, x)                                                                             \
    "vcmp.f32 s" #max ", s" #x "\n\t"                                                              \
    "vmrs   APSR_nzcv, fpscr\n\t"                                                                  \
    "it     mi\n\t"                                                                                \
    "vmovmi.f32 s" #max ", s" #x "\n\t"

/* Eight inputs are loaded by one VLDM, and stay in registers until the last one is compared. */
static inline void output_eight(const params *p, const struct seen *seen, int32_t first, float *out)
{
    const float *pixel = seen->pixel + first;
    const int32_t channels = p->channels;
    int32_t rows = seen->rows, left;
    __asm__ volatile("mvn    %[left], #0x800000\n\t" /* -FLT_MAX */
                     LEAST(0) LEAST(1) LEAST(2) LEAST(3) LEAST(4) LEAST(5) LEAST(6) LEAST(7)
                     ".balign 4\n"
                     "1:\n\t"
                     "mov    %[left], %[columns]\n"
                     ".balign 4\n"
                     "2:\n\t"
                     "vldmia %[pixel], {s8-s15}\n\t"
                     "add    %[pixel], %[pixel], %[channels], lsl #2\n\t"
                     LARGER(0, 8) LARGER(1, 9) LARGER(2, 10) LARGER(3, 11)
                     LARGER(4, 12) LARGER(5, 13) LARGER(6, 14) LARGER(7, 15)
                     "subs   %[left], #1\n\t"
                     "bne    2b\n\t"
                     "add    %[pixel], %[pixel], %[next_row], lsl #2\n\t"
                     "subs   %[rows], #1\n\t"
                     "bne    1b\n\t"
                     LIMIT(0) LIMIT(1) LIMIT(2) LIMIT(3) LIMIT(4) LIMIT(5) LIMIT(6) LIMIT(7)
                     "vstmia %[out], {s0-s7}"
                     : [pixel] "+&r"(pixel), [rows] "+&r"(rows), [left] "=&r"(left)
                     : [columns] "r"(seen->columns), [channels] "r"(channels),
                       [next_row] "r"((p->window.in_w - seen->columns) * channels),
                       [min] "t"(p->min), [max] "t"(p->max), [out] "r"(out)
                     : "memory", "cc", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                       "s10", "s11", "s12", "s13", "s14", "s15");
}
