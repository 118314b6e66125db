/* Semihosting: a call to the emulator or debugger (Arm IHI 0100, "The semihosting interface"). */
#ifndef HB_HOST_CALL_H
#define HB_HOST_CALL_H

#include <stdint.h>

static inline int32_t host_call(uint32_t operation, const void *arguments)
{
    register uint32_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = arguments;

    __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}

#endif
