#include "cpu.h"

void cpu_spin(uint32_t passes)
{
    if (passes == 0)
        return;
    __asm volatile("1: subs %0, #1\n\t"
                   "bne 1b"
                   : "+l"(passes)
                   :
                   : "cc");
}
