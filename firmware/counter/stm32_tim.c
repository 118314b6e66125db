/* A 32-bit timer of STM32 (RM0090, "General-purpose timers (TIM2 to TIM5)"), extended by its
 * interrupt. */
#include "counter.h"

#include "board_config.h"
#include "cortex_m.h"

struct stm32_tim {
    volatile uint32_t cr1, cr2, smcr, dier, sr, egr, ccmr1, ccmr2, ccer, cnt, psc, arr;
};

enum { CR1_CEN = 1u << 0, DIER_UIE = 1u << 0, SR_UIF = 1u << 0 };

static struct stm32_tim *const timer = (struct stm32_tim *)BOARD_COUNTER_BASE;
static volatile uint32_t wraps;

void counter_init(void)
{
    timer->psc = 0;
    timer->arr = UINT32_MAX;
    timer->dier = DIER_UIE;
    timer->cr1 = CR1_CEN;
    cortex_m_enable_irq(BOARD_COUNTER_IRQ);
}

void counter_interrupt(void)
{
    timer->sr = ~(uint32_t)SR_UIF;
    wraps++;
}

void counter_start(void)
{
    wraps = 0;
    timer->cnt = 0;
}

uint64_t counter_elapsed(void)
{
    uint32_t high, low;

    do {
        high = wraps;
        low = timer->cnt;
    } while (high != wraps);
    return (uint64_t)high << 32 | low;
}
