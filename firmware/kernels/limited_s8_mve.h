/* Words limited to int8, four at a time for Helium. */
#ifndef HB_LIMITED_S8_MVE_H
#define HB_LIMITED_S8_MVE_H

#include <arm_mve.h>

/* The results are the low bytes of the words. */
static inline int32x4_t limited_s8(int32x4_t x)
{
    const int16x8_t halves = vqmovnbq_s32((int16x8_t)x, x);
    return (int32x4_t)vqmovnbq_s16((int8x16_t)halves, halves);
}

#endif
