/* CMSDK APB timer (Arm DDI 0479, section 4.1): counts down, 32 bits, extended to 64 by its interrupt.
 *
 * Under QEMU with icount, writing the value also restarts the current tick, so that the
 * same code always takes the same number of ticks.
 */
#include "counter.h"

#include "board_config.h"
#include "cortex_m.h"

struct cmsdk_timer {
    volatile uint32_t ctrl, value, reload, intclear;
};

enum { CTRL_ENABLE = 1u << 0, CTRL_INTERRUPT = 1u << 3 };

static struct cmsdk_timer *const timer = (struct cmsdk_timer *)BOARD_COUNTER_BASE;
static volatile uint32_t wraps;

void counter_init(void)
{
    timer->reload = UINT32_MAX;
    timer->ctrl = 0;
    cortex_m_enable_irq(BOARD_COUNTER_IRQ);
}

void counter_interrupt(void)
{
    timer->intclear = 1;
    wraps++;
}

void counter_start(void)
{
    wraps = 0;
    timer->ctrl = CTRL_ENABLE | CTRL_INTERRUPT;
    timer->value = UINT32_MAX;
}

uint64_t counter_elapsed(void)
{
    uint32_t high, low;

    do {
        high = wraps;
        low = UINT32_MAX - timer->value;
    } while (high != wraps);
    timer->ctrl = 0;
    return (uint64_t)high << 32 | low;
}
