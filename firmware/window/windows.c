#include "windows.h"

#include "counter.h"
#include "cpu.h"
#include "timed.h"

/* At one place within a line of an instruction cache (the linker script): what is measured does
 * not move when the bench loop changes. */
#define WINDOW __attribute__((section(".harness.windows")))

WINDOW uint64_t window_of_nothing(void)
{
    counter_start();
    return counter_elapsed();
}

WINDOW uint64_t window_of_spin(uint32_t passes)
{
    counter_start();
    cpu_spin(passes);
    return counter_elapsed();
}

WINDOW uint64_t window_of_invocations(uint32_t iterations, int *code)
{
    int found = 0;

    counter_start();
    for (uint32_t i = 0; i < iterations && found == 0; i++)
        found = timed_invoke();
    const uint64_t ticks = counter_elapsed();
    *code = found;
    return ticks;
}
