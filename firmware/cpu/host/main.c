/* The bench loop as a process of the host; its console is the file descriptor it is given. */
#include <stdlib.h>

#include "cpu.h"
#include "uart_fd.h"

int main(int argc, char **argv)
{
    if (argc != 2)
        return EXIT_FAILURE;
    uart_use(atoi(argv[1]));
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
