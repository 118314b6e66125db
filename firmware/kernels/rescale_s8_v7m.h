/* rescale_s8.h for Armv7-M: SMULL, and SSAT, for which GCC takes four instructions. */
#ifndef HB_RESCALE_S8_V7M_H
#define HB_RESCALE_S8_V7M_H

#include <stdint.h>

/* The high word of the product, rounded, with what the shift needs in order to round. */
#define RESCALE(bits)                                                                              \
    int32_t low, high;                                                                             \
    __asm__("smull  %[low], %[high], %[value], %[multiplier]\n\t"                                  \
            "adds   %[low], %[low], #0x80000000\n\t"                                               \
            "adc    %[high], %[high], %[rounding]\n\t"                                             \
            "add    %[high], %[high], %[value], asr #31\n\t"                                       \
            "asr    %[high], %[high], %[shift]\n\t"                                                \
            "ssat   %[high], #" bits ", %[high]"                                                   \
            : [low] "=&r"(low), [high] "=&r"(high)                                                 \
            : [value] "r"(doubled), [multiplier] "r"(multiplier), [rounding] "r"(rounding),        \
              [shift] "r"(shift)                                                                   \
            : "cc");                                                                               \
    return high

static inline int32_t rescale_s8(int32_t doubled, int32_t multiplier, int32_t rounding,
                                 int32_t shift)
{
    RESCALE("8");
}

static inline int32_t rescale_s16(int32_t doubled, int32_t multiplier, int32_t rounding,
                                  int32_t shift)
{
    RESCALE("16");
}

#undef RESCALE

#endif
