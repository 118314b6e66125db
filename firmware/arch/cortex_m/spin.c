#include "cpu.h"

void cpu_spin(uint32_t passes)
{
    if (passes == 0)
        return;
    __asm volatile(".syntax unified\n" /* GCC's own is another one on Armv6-M */
                   "1:\n\t"
                   "subs %0, #1\n\t"
                   "bne 1b"
                   : "+l"(passes)
                   :
                   : "cc");
}
