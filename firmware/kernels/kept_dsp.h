/* Words that a function in assembly has no registers for: those of an FPU, where there is one, keep them, a cycle
 * away. Otherwise the stack does, which may lie in slow memory.
 *
 * KEPT_ENTER(last) saves registers and copies words 0 to `last`, at most 15, from r0 on. Any word n up to 15 is then read by
 * GET(register, n) and written by PUT(n, register). KEPT_LEAVE returns.
 */
#ifndef HB_KEPT_DSP_H
#define HB_KEPT_DSP_H

#include "assembly.h"

#ifdef __ARM_FP
#define KEPT_ENTER(last)                                                                           \
    "push   {r4-r11, lr}\n\t" KEPT_COPY(last)
#define KEPT_COPY(last) "vldmia r0, {s0-s" #last "}\n\t"
#define KEPT_LEAVE "pop    {r4-r11, pc}\n\t"
#define GET_WORD(r, n) "vmov   " r ", s" #n "\n\t"
#define PUT_WORD(n, r) "vmov   s" #n ", " r "\n\t"
#else
#define KEPT_ENTER(last)                                                                           \
    "push   {r4-r11, lr}\n\t"                                                                      \
    "sub    sp, #64\n\t" KEPT_COPY(last)
#define KEPT_COPY(last)                                                                            \
    "mov    r4, #4 * " #last "\n"                                                                  \
    "9:\n\t"                                                                                       \
    "ldr    r5, [r0, r4]\n\t"                                                                      \
    "str    r5, [sp, r4]\n\t"                                                                      \
    "subs   r4, #4\n\t"                                                                            \
    "bpl    9b\n\t"
#define KEPT_LEAVE                                                                                 \
    "add    sp, #64\n\t"                                                                           \
    "pop    {r4-r11, pc}\n\t"
#define GET_WORD(r, n) "ldr    " r ", [sp, #4 * " #n "]\n\t"
#define PUT_WORD(n, r) "str    " r ", [sp, #4 * " #n "]\n\t"
#endif
#define GET(r, n) GET_WORD(r, n)
#define PUT(n, r) PUT_WORD(n, r)

#endif
