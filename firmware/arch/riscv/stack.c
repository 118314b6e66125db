#include "stack.h"

#include "cpu.h"
#include "csr.h"
#include "memory.h"

enum { PATTERN = 0x5AA5C33C, GUARD_LOG2 = 15 };
enum { PMP_NAPOT = 3u << 3, PMP_LOCKED = 1u << 7 };

/* Neither a call nor a frame of its own: it would paint over it. */
void stack_paint(void)
{
    volatile uint32_t *const frame = __builtin_frame_address(0);

    for (volatile uint32_t *word = hb_stack_bottom; word < frame - 16; word++)
        *word = PATTERN;
}

/* Physical memory protection (Volume II, 3.7): a locked entry without permissions holds in
 * machine mode as well. The stack begins RAM; the linker script checks its alignment. */
void stack_guard(void)
{
    const uint32_t start = (uint32_t)hb_stack_bottom - (1u << GUARD_LOG2);

    CSR_WRITE(pmpaddr0, start >> 2 | ((1u << (GUARD_LOG2 - 3)) - 1));
    CSR_WRITE(pmpcfg0, PMP_LOCKED | PMP_NAPOT);
}

bool stack_guards(uint32_t address)
{
    return (uint32_t)hb_stack_bottom - address - 1 < 1u << GUARD_LOG2;
}

uint32_t cpu_stack_size(void)
{
    return (uint32_t)(hb_stack_top - hb_stack_bottom) * sizeof(uint32_t);
}

uint32_t cpu_stack_used(void)
{
    const volatile uint32_t *word = hb_stack_bottom;

    while (word < hb_stack_top && *word == PATTERN)
        word++;
    return (uint32_t)(hb_stack_top - word) * sizeof(uint32_t);
}
