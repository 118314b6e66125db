/* saturate.h for Armv7-M and later. GCC takes eight instructions for what is one. */
#ifndef HB_SATURATE_DSP_H
#define HB_SATURATE_DSP_H

#include <stdint.h>

static inline int32_t saturate_8(int32_t x)
{
    int32_t result;
    __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(x) : "cc");
    return result;
}

static inline int32_t saturate_16(int32_t x)
{
    int32_t result;
    __asm__("ssat %0, #16, %1" : "=r"(result) : "r"(x) : "cc");
    return result;
}

static inline int32_t saturate_17(int32_t x)
{
    int32_t result;
    __asm__("ssat %0, #17, %1" : "=r"(result) : "r"(x) : "cc");
    return result;
}

#endif
