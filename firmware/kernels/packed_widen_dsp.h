/* How vectors are widened for the packed product (packed.h), four columns at a time. */
#ifndef HB_PACKED_WIDEN_DSP_H
#define HB_PACKED_WIDEN_DSP_H

#include <stdint.h>

#include "dot_dsp.h"
#include "packed_columns.h"

/* -zero_point twice */
static inline uint32_t packed_zeros(int32_t zero_point)
{
    return (uint32_t)(-zero_point & 0xffff) * 0x10001u;
}

/* 2 * (in - zero_point) of bytes 0 and 2 of a word, and of bytes 1 and 3. */
static inline uint32_t packed_widen_even(uint32_t word, uint32_t zeros)
{
    uint32_t pair;
    __asm__("sxtab16 %0, %1, %2\n\t"
            "sadd16  %0, %0, %0"
            : "=r"(pair)
            : "r"(zeros), "r"(word));
    return pair;
}

static inline uint32_t packed_widen_odd(uint32_t word, uint32_t zeros)
{
    uint32_t pair;
    __asm__("sxtab16 %0, %1, %2, ror #8\n\t"
            "sadd16  %0, %0, %0"
            : "=r"(pair)
            : "r"(zeros), "r"(word));
    return pair;
}

/* The same as text, stored to x, which moves on. In assembly two loads in a row take three cycles and a
 * store one; GCC makes STRD of two, which is three. */
#define PACKED_STORE_EVEN(word)                                                                    \
    "sxtab16 %[t], %[zeros], " word "\n\t"                                                         \
    "sadd16  %[t], %[t], %[t]\n\t"                                                                 \
    "str     %[t], [%[x]], #4\n\t"
#define PACKED_STORE_ODD(word)                                                                     \
    "sxtab16 %[t], %[zeros], " word ", ror #8\n\t"                                                 \
    "sadd16  %[t], %[t], %[t]\n\t"                                                                 \
    "str     %[t], [%[x]], #4\n\t"

/* Four columns, of which some, or all, are not there: there it is the zero point. */
static inline uint32_t packed_load_last(const int8_t *in, int32_t columns, int32_t zero_point)
{
    uint32_t word = 0;
    for (int32_t k = 0; k < 4; k++)
        word |= (uint32_t)(uint8_t)(k < columns ? in[k] : zero_point) << 8 * k;
    return word;
}

#endif
