#include "stack.h"

#include "cortex_m.h"
#include "cpu.h"
#include "memory.h"
#include "painted_stack.h"

enum { GUARD_LOG2 = 15 };

/* Neither a call nor a frame of its own: it would paint over it. */
void stack_paint(void)
{
    painted_stack_fill(__builtin_frame_address(0), 8);
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
    return painted_stack_size();
}

uint32_t cpu_stack_used(void)
{
    return painted_stack_used();
}
