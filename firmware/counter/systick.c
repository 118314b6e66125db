/* SysTick (Armv6-M Architecture Reference Manual, DDI 0419, B3.3), which every Cortex-M has: ticks
 * of the core's clock. It has 24 bits; its interrupt extends them, once in 2**24 ticks.
 */
#include "counter.h"

#include "cortex_m.h"

#define SYST_CSR CORTEX_M_REGISTER(0xE000E010u)
#define SYST_RVR CORTEX_M_REGISTER(0xE000E014u)
#define SYST_CVR CORTEX_M_REGISTER(0xE000E018u)

#define SYST_CSR_RUN_ON_CORE_CLOCK 7u
#define SYST_MAX 0xFFFFFFu

static volatile uint32_t wraps;

void counter_init(void)
{
    SYST_RVR = SYST_MAX;
    SYST_CVR = 0;
    SYST_CSR = SYST_CSR_RUN_ON_CORE_CLOCK;
}

void cortex_m_systick(void)
{
    wraps++;
}

/* What is written is 0 whatever the value; with its next tick it counts down from SYST_MAX. */
void counter_start(void)
{
    SYST_CVR = 0;
    while (SYST_CVR == 0)
        ;
    wraps = 0;
}

/* It interrupts when it reaches 0, one tick before it starts again: so 0 is in the new round. */
uint64_t counter_elapsed(void)
{
    uint32_t high, low;

    do {
        high = wraps;
        low = -SYST_CVR & SYST_MAX;
    } while (high != wraps);
    return ((uint64_t)high << 24) + low - 1u;
}
