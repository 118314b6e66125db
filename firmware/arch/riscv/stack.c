#include "stack.h"

#include "cpu.h"
#include "csr.h"
#include "memory.h"
#include "painted_stack.h"

enum { GUARD_LOG2 = 15 };
enum { PMP_NAPOT = 3u << 3, PMP_LOCKED = 1u << 7 };

/* Neither a call nor a frame of its own: it would paint over it. */
void stack_paint(void)
{
    painted_stack_fill(__builtin_frame_address(0), 16);
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
    return painted_stack_size();
}

uint32_t cpu_stack_used(void)
{
    return painted_stack_used();
}
