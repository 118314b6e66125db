/* Reports the registers over the link and stops. */
#include "fault.h"

#include <stdbool.h>
#include <stdint.h>

#include "csr.h"
#include "link.h"
#include "memory.h"
#include "messages.h"
#include "stack.h"

enum { HANDLER_STACK = 512 };

void fault_report(uint32_t sp, uint32_t ra);

/* A second trap would come back here for ever: it waits for the host's patience to end instead. The
 * report takes the whole stack where little is left of it, as nothing returns. */
__attribute__((naked, aligned(4))) void fault_entry(void)
{
    __asm volatile("la t0, 2f\n\t"
                   "csrw mtvec, t0\n\t"
                   "mv a0, sp\n\t"
                   "mv a1, ra\n\t"
                   "la t0, hb_stack_bottom + %0\n\t"
                   "bgeu sp, t0, 1f\n\t"
                   "la sp, hb_stack_top\n"
                   "1:\n\t"
                   "andi sp, sp, -16\n\t"
                   "j fault_report\n\t"
                   ".balign 4\n"
                   "2:\n\t"
                   "j 2b"
                   :
                   : "i"(HANDLER_STACK));
}

__attribute__((used)) void fault_report(uint32_t sp, uint32_t ra)
{
    const uint32_t address = CSR_READ(mtval), pc = CSR_READ(mepc);
    const bool overflow = sp < (uint32_t)hb_stack_bottom || stack_guards(address);
    struct wire_writer w = link_begin(MSG_FAULT);

    msg_put_fault(&w, &(struct msg_fault){
                          .exception = CSR_READ(mcause),
                          .stack_overflow = overflow,
                          .pc = overflow ? 0 : pc,
                          .lr = overflow ? 0 : ra,
                          .sp = sp,
                          .psr = 0,
                          .cfsr = CSR_READ(mcause),
                          .hfsr = CSR_READ(mstatus),
                          .mmfar = address,
                          .bfar = 0,
                      });
    link_send(&w);
    link_repeat_forever();
}
