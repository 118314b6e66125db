/* How vectors are widened for the packed product (packed.h), four columns at a time. */
#ifndef HB_PACKED_WIDEN_DSP_H
#define HB_PACKED_WIDEN_DSP_H

#include <stdint.h>

#include "dot_dsp.h"
#include "packed_columns.h"

/* 2 * (in - zero_point) of bytes 0 and 2 of a word, and of bytes 1 and 3; zeros has -zero_point
 * twice. */
static inline void packed_widen_4(uint32_t word, uint32_t zeros, uint32_t *even, uint32_t *odd)
{
    uint32_t e, o;
    __asm__("sxtab16 %0, %2, %3\n\t"
            "sxtab16 %1, %2, %3, ror #8\n\t"
            "sadd16  %0, %0, %0\n\t"
            "sadd16  %1, %1, %1"
            : "=&r"(e), "=&r"(o)
            : "r"(zeros), "r"(word));
    *even = e, *odd = o;
}

static inline uint32_t packed_zeros(int32_t zero_point)
{
    return (uint32_t)(-zero_point & 0xffff) * 0x10001u;
}

/* Four columns, of which some, or all, are not there: there it is the zero point. */
static inline uint32_t packed_load_last(const int8_t *in, int32_t columns, int32_t zero_point)
{
    uint32_t word = 0;
    for (int32_t k = 0; k < 4; k++)
        word |= (uint32_t)(uint8_t)(k < columns ? in[k] : zero_point) << 8 * k;
    return word;
}

#endif
