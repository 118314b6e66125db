/* Semihosting (RISC-V Semihosting, version 0.3): three uncompressed instructions in one page. */
#ifndef HB_HOST_CALL_H
#define HB_HOST_CALL_H

#include <stdint.h>

static inline int32_t host_call(uint32_t operation, const void *arguments)
{
    register uint32_t a0 __asm("a0") = operation;
    register const void *a1 __asm("a1") = arguments;

    __asm volatile(".option push\n\t"
                   ".balign 16\n\t"
                   ".option norvc\n\t"
                   "slli x0, x0, 31\n\t"
                   "ebreak\n\t"
                   "srai x0, x0, 7\n\t"
                   ".option pop"
                   : "+r"(a0)
                   : "r"(a1)
                   : "memory");
    return (int32_t)a0;
}

#endif
