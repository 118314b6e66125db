/* From reset to the bench loop. */
#include <stddef.h>

#include "board.h"
#include "cpu.h"
#include "csr.h"
#include "fault.h"
#include "stack.h"
#include "start.h"

enum { MSTATUS_FS_INITIAL = 1u << 13 };

void hb_reset(void);
void start_up(void);

__attribute__((weak)) void board_init(void) {}

/* The registers that the ABI fixes: small data, thread-local data, the stack. */
__attribute__((naked, section(".start"))) void hb_reset(void)
{
    __asm volatile(".option push\n\t"
                   ".option norelax\n\t"
                   "la gp, __global_pointer$\n\t"
                   ".option pop\n\t"
                   "la tp, hb_thread\n\t"
                   "la sp, hb_stack_top\n\t"
                   "j start_up");
}

__attribute__((used)) void start_up(void)
{
    CSR_WRITE(mtvec, fault_entry);
#ifdef __riscv_flen
    __asm volatile("csrs mstatus, %0" : : "r"(MSTATUS_FS_INITIAL));
#endif
    stack_paint();
    stack_guard();
    start_bench();
}
