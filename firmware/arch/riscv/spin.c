#include "cpu.h"

void cpu_spin(uint32_t passes)
{
    if (passes == 0)
        return;
    __asm volatile("1:\n\t"
                   "addi %0, %0, -1\n\t"
                   "bnez %0, 1b"
                   : "+r"(passes));
}
