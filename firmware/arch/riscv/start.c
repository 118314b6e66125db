/* From reset to the bench loop. */
#include <stddef.h>

#include "board.h"
#include "cpu.h"
#include "csr.h"
#include "fault.h"
#include "memory.h"
#include "stack.h"

typedef void (*handler)(void);

extern const handler __init_array_start[], __init_array_end[];

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

static void set_up_memory(void)
{
    const uint32_t *from = hb_data_load;

    for (uint32_t *to = hb_data_start; to < hb_data_end; to++)
        *to = *from++;
    for (uint32_t *to = hb_bss_start; to < hb_bss_end; to++)
        *to = 0;
}

__attribute__((used)) void start_up(void)
{
    CSR_WRITE(mtvec, fault_entry);
#ifdef __riscv_flen
    __asm volatile("csrs mstatus, %0" : : "r"(MSTATUS_FS_INITIAL));
#endif
    stack_paint();
    stack_guard();
    set_up_memory();
    for (const handler *constructor = __init_array_start; constructor < __init_array_end;
         constructor++)
        (*constructor)();
    board_init();
    bench_run();
}
