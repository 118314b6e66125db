/* CYCCNT of the DWT (Armv7-M Architecture Reference Manual, DDI 0403E, C1.8): cycles of the core.
 *
 * It has 32 bits and no interrupt: at 120 MHz it wraps after 35.8 s. SysTick, which has 24,
 * interrupts once in 2**24 cycles to notice a wrap; this costs about two cycles in a million.
 */
#include "counter.h"

#include "cortex_m.h"

#define DEMCR CORTEX_M_REGISTER(0xE000EDFCu)
#define DWT_CTRL CORTEX_M_REGISTER(0xE0001000u)
#define DWT_CYCCNT CORTEX_M_REGISTER(0xE0001004u)
#define SYST_CSR CORTEX_M_REGISTER(0xE000E010u)
#define SYST_RVR CORTEX_M_REGISTER(0xE000E014u)
#define SYST_CVR CORTEX_M_REGISTER(0xE000E018u)

#define DEMCR_TRCENA (1u << 24)
#define DWT_CTRL_CYCCNTENA (1u << 0)
#define SYST_CSR_RUN_ON_CORE_CLOCK 7u
#define SYST_MAX 0xFFFFFFu

static volatile uint32_t wraps, last;

static void enable(void)
{
    DEMCR |= DEMCR_TRCENA;
    DWT_CTRL |= DWT_CTRL_CYCCNTENA;
}

void counter_init(void)
{
    enable();
    SYST_RVR = SYST_MAX;
    SYST_CVR = 0;
    SYST_CSR = SYST_CSR_RUN_ON_CORE_CLOCK;
}

void cortex_m_systick(void)
{
    const uint32_t now = DWT_CYCCNT;

    if (now < last)
        wraps++;
    last = now;
}

/* Enables again: a debugger that disconnects clears DEMCR, and may do so after counter_init. */
void counter_start(void)
{
    enable();
    SYST_CVR = 0; /* the next interrupt is a whole period away */
    (void)DWT_CYCCNT; /* Renode brings the count up to date when it is read, not when it is written */
    DWT_CYCCNT = 0;
    wraps = 0;
    last = 0;
}

uint64_t counter_elapsed(void)
{
    uint32_t high, low, before;

    do {
        high = wraps;
        before = last;
        low = DWT_CYCCNT;
    } while (high != wraps || before != last);
    return (uint64_t)(high + (low < before)) << 32 | low;
}
