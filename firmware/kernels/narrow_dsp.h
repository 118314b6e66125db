/* narrow.h for Armv7-M and later. GCC does not shift within an SSAT. */
#ifndef HB_NARROW_DSP_H
#define HB_NARROW_DSP_H

#include <stdint.h>

static inline int8_t narrow(int32_t sum)
{
    int32_t result;
    __asm__("ssat %0, #8, %1, asr #22" : "=r"(result) : "r"(sum) : "cc");
    return (int8_t)result;
}

#endif
