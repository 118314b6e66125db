/* A float as its 32 bits, and back. */
#ifndef HB_BITS_F32_H
#define HB_BITS_F32_H

#include <stdint.h>
#include <string.h>

static inline uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* `size`, which is not negative, with the sign of x. */
static inline float signed_as(float size, float x)
{
    return float_of(bits_of(size) | (bits_of(x) & 0x80000000u));
}

#endif
