/* From reset to the bench loop. */
#include <stddef.h>

#include "board.h"
#include "board_config.h"
#include "cortex_m.h"
#include "cpu.h"
#include "fault.h"
#include "stack.h"
#include "start.h"

void counter_interrupt(void);
void hb_reset(void);

__attribute__((weak)) void board_init(void) {}

void hb_reset(void)
{
#ifdef __ARM_FP
    SCB_CPACR |= SCB_CPACR_FPU_FULL_ACCESS;
    cortex_m_barrier();
#endif
    SCB_CCR |= SCB_CCR_DIV_0_TRP;
    stack_paint();
    stack_guard();
    start_bench();
}

struct vector_table {
    uint32_t *stack;
    handler handlers[CORTEX_M_EXCEPTIONS - 1];
#ifdef BOARD_COUNTER_IRQ
    handler interrupts[BOARD_COUNTER_IRQ + 1];
#endif
};

/* Whatever is not expected is reported as a fault. */
__attribute__((section(".vectors"), used)) static const struct vector_table vectors = {
    .stack = hb_stack_top,
    .handlers = {[0] = hb_reset,
                 [1 ... CORTEX_M_EXCEPTIONS - 3] = fault_entry,
                 [CORTEX_M_EXCEPTIONS - 2] = cortex_m_systick},
#ifdef BOARD_COUNTER_IRQ
    .interrupts = {[0 ... BOARD_COUNTER_IRQ - 1] = fault_entry,
                   [BOARD_COUNTER_IRQ] = counter_interrupt},
#endif
};
