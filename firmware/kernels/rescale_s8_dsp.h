/* rescale_s8.h for the DSP extension: four instructions. */
#ifndef HB_RESCALE_S8_DSP_H
#define HB_RESCALE_S8_DSP_H

#include <stdint.h>

/* SMMLAR is the high word of the product, rounded, plus a word. */
#define RESCALE(bits, value, multiplier, rounding, shift, t)                                       \
    "add    " t ", " rounding ", " value ", asr #31\n\t"                                           \
    "smmlar " value ", " value ", " multiplier ", " t "\n\t"                                       \
    "asr    " value ", " value ", " shift "\n\t"                                                   \
    "ssat   " value ", #" bits ", " value "\n\t"
#define RESCALE_S8(value, multiplier, rounding, shift, t)                                          \
    RESCALE("8", value, multiplier, rounding, shift, t)
#define RESCALE_S16(value, multiplier, rounding, shift, t)                                         \
    RESCALE("16", value, multiplier, rounding, shift, t)

static inline int32_t rescale_s16(int32_t doubled, int32_t multiplier, int32_t rounding,
                                  int32_t shift)
{
    int32_t t;
    __asm__(RESCALE_S16("%[value]", "%[multiplier]", "%[rounding]", "%[shift]", "%[t]")
            : [value] "+r"(doubled), [t] "=&r"(t)
            : [multiplier] "r"(multiplier), [rounding] "r"(rounding), [shift] "r"(shift)
            : "cc");
    return doubled;
}

static inline int32_t rescale_s8(int32_t doubled, int32_t multiplier, int32_t rounding,
                                 int32_t shift)
{
    int32_t t;
    __asm__(RESCALE_S8("%[value]", "%[multiplier]", "%[rounding]", "%[shift]", "%[t]")
            : [value] "+r"(doubled), [t] "=&r"(t)
            : [multiplier] "r"(multiplier), [rounding] "r"(rounding), [shift] "r"(shift)
            : "cc");
    return doubled;
}

#endif
