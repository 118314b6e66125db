/* The bench loop as a process of the host. */
#include "cpu.h"

int main(void)
{
    bench_run();
}

/* The host's stack belongs to the operating system. */
uint32_t cpu_stack_size(void)
{
    return 0;
}

uint32_t cpu_stack_used(void)
{
    return 0;
}
