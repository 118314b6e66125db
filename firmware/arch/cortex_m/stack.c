#include "stack.h"

#include "cortex_m.h"
#include "cpu.h"
#include "memory.h"

enum { PATTERN = 0x5AA5C33C, GUARD_LOG2 = 15 };

/* Neither a call nor a frame of its own: it would paint over it. */
void stack_paint(void)
{
    volatile uint32_t *const frame = __builtin_frame_address(0);

    for (volatile uint32_t *word = hb_stack_bottom; word < frame - 8; word++)
        *word = PATTERN;
}

#if defined(__ARM_ARCH_8M_MAIN__) || defined(__ARM_ARCH_8_1M_MAIN__)

void stack_guard(void)
{
    __asm volatile("msr msplim, %0" : : "r"(hb_stack_bottom));
}

#else

/* The stack begins RAM; the linker script checks that the guard below it is aligned. */
void stack_guard(void)
{
    if ((MPU_TYPE & MPU_TYPE_DREGION) == 0)
        return;
    MPU_RNR = 0;
    MPU_RBAR = (uint32_t)hb_stack_bottom - (1u << GUARD_LOG2);
    MPU_RASR = MPU_RASR_XN | MPU_RASR_SIZE(GUARD_LOG2) | MPU_RASR_ENABLE;
    MPU_CTRL = MPU_CTRL_PRIVDEFENA | MPU_CTRL_ENABLE;
    cortex_m_barrier();
}

#endif

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
