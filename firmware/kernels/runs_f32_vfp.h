/* put_runs() of runs_f32.h by VLDM and VSTM, which take a cycle more than they have registers: most runs are
 * short, and GCC keeps what it needs for them on the stack. */
#ifndef HB_RUNS_F32_VFP_H
#define HB_RUNS_F32_VFP_H

#include <stdint.h>

static inline float *put_runs(const float *from, int32_t count, int32_t length, int32_t gap, float *to)
{
    int32_t left;
    __asm__ volatile("cmp    %[count], #0\n\t"
                     "ble    4f\n\t"
                     ".balign 4\n"
                     "1:\n\t"
                     "subs   %[left], %[length], #4\n\t"
                     "blt    3f\n"
                     "2:\n\t"
                     "vldmia %[from]!, {s0-s3}\n\t"
                     "subs   %[left], #4\n\t"
                     "vstmia %[to]!, {s0-s3}\n\t"
                     "bge    2b\n"
                     "3:\n\t"
                     "lsls   %[left], %[length], #31\n\t" /* carry: two are left; negative: one */
                     "itt    cs\n\t"
                     "vldmiacs %[from]!, {s0-s1}\n\t"
                     "vstmiacs %[to]!, {s0-s1}\n\t"
                     "itt    mi\n\t"
                     "vldmiami %[from]!, {s0}\n\t"
                     "vstmiami %[to]!, {s0}\n\t"
                     "add    %[from], %[from], %[gap], lsl #2\n\t"
                     "subs   %[count], #1\n\t"
                     "bne    1b\n"
                     "4:"
                     : [from] "+&r"(from), [count] "+&r"(count), [to] "+&r"(to), [left] "=&r"(left)
                     : [length] "r"(length), [gap] "r"(gap)
                     : "s0", "s1", "s2", "s3", "cc", "memory");
    return to;
}

#endif
