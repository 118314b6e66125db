/* A TIMER of nRF51 and nRF52 (nRF51 Series Reference Manual, chapter 18), 32 bits wide, at half of its
 * 16 MHz. It wraps after 537 s, longer than a window may last.
 */
#include "counter.h"

#include "board_config.h"

#define TIMER_REGISTER(offset) (*(volatile uint32_t *)(BOARD_COUNTER_BASE + (offset)))
#define TASKS_START TIMER_REGISTER(0x000)
#define TASKS_STOP TIMER_REGISTER(0x004)
#define TASKS_CLEAR TIMER_REGISTER(0x00C)
#define TASKS_CAPTURE0 TIMER_REGISTER(0x040)
#define BITMODE TIMER_REGISTER(0x508)
#define PRESCALER TIMER_REGISTER(0x510)
#define CC0 TIMER_REGISTER(0x540)

enum { BITMODE_32 = 3, HALF = 1 };

void counter_init(void)
{
    TASKS_STOP = 1;
    BITMODE = BITMODE_32;
    PRESCALER = HALF;
}

/* Under QEMU starting restarts the current tick as well. */
void counter_start(void)
{
    TASKS_STOP = 1;
    TASKS_CLEAR = 1;
    TASKS_START = 1;
}

uint64_t counter_elapsed(void)
{
    TASKS_CAPTURE0 = 1;
    return CC0;
}
