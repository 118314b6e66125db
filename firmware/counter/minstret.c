/* minstret, the retired instructions of a RISC-V core (Volume II, 20211203, 3.1.10): 64 bits. Under QEMU with
 * icount it counts every instruction.
 */
#include "counter.h"

static uint64_t start;

static uint64_t now(void)
{
    uint32_t high, low, again;

    do {
        __asm volatile("csrr %0, minstreth\n\t"
                       "csrr %1, minstret\n\t"
                       "csrr %2, minstreth"
                       : "=r"(high), "=r"(low), "=r"(again));
    } while (high != again);
    return (uint64_t)high << 32 | low;
}

void counter_init(void) {}

void counter_start(void)
{
    start = now();
}

uint64_t counter_elapsed(void)
{
    return now() - start;
}
