/* Reports the registers over the link and stops. */
#include "fault.h"

#include <stdbool.h>
#include <stdint.h>

#include "cortex_m.h"
#include "link.h"
#include "memory.h"
#include "messages.h"

/* What the core pushes on an exception (DDI 0403E, B1.5.6). */
struct exception_frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, psr;
};

enum { HANDLER_STACK = 512 };

void fault_report(const struct exception_frame *stacked);

/* The stack lies at the bottom of RAM and overflows out of it. The report needs a stack of
 * its own then: it takes the whole one, as nothing returns. */
__attribute__((naked)) void fault_entry(void)
{
    __asm volatile("mov r0, sp\n\t"
                   "ldr r1, =hb_stack_bottom + %c0\n\t"
                   "cmp r0, r1\n\t"
                   "bhs 1f\n\t"
                   "ldr r1, =hb_stack_top\n\t"
                   "mov sp, r1\n"
                   "1:\n\t"
                   "ldr r1, =fault_report\n\t"
                   "bx r1\n\t"
                   ".ltorg"
                   :
                   : "i"(HANDLER_STACK));
}

__attribute__((weak, alias("fault_entry"))) void cortex_m_systick(void);

__attribute__((used)) void fault_report(const struct exception_frame *stacked)
{
    static const struct exception_frame nothing;
    const bool overflow =
        (const uint32_t *)stacked < hb_stack_bottom || (SCB_CFSR & SCB_CFSR_STKOF) != 0;
    const struct exception_frame *f = overflow ? &nothing : stacked;
    struct wire_writer w = link_begin(MSG_FAULT);

    msg_put_fault(&w, &(struct msg_fault){
                          .exception = SCB_ICSR & SCB_ICSR_VECTACTIVE,
                          .stack_overflow = overflow,
                          .pc = f->pc,
                          .lr = f->lr,
                          .sp = (uint32_t)stacked,
                          .psr = f->psr,
                          .cfsr = SCB_CFSR,
                          .hfsr = SCB_HFSR,
                          .mmfar = SCB_MMFAR,
                          .bfar = SCB_BFAR,
                      });
    link_send(&w);
    link_repeat_forever();
}
