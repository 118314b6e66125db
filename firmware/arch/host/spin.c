#include "cpu.h"

void cpu_spin(uint32_t passes)
{
    for (volatile uint32_t left = passes; left > 0; left--)
        ;
}
