#include "stack.h"

#include "cpu.h"
#include "memory.h"

enum { PATTERN = 0x5AA5C33C };

/* Neither a call nor a frame of its own: it would paint over it. */
void stack_paint(void)
{
    volatile uint32_t *const frame = __builtin_frame_address(0);

    for (volatile uint32_t *word = hb_stack_bottom; word < frame - 8; word++)
        *word = PATTERN;
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
