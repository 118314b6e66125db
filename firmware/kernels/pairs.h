/* Words of two int16, the first in the low half, and of four int8, the first in the low byte. */
#ifndef HB_PAIRS_H
#define HB_PAIRS_H

#include <stdint.h>

static inline uint32_t load_4(const int8_t *p)
{
    return (uint8_t)p[0] | (uint32_t)(uint8_t)p[1] << 8 | (uint32_t)(uint8_t)p[2] << 16 |
           (uint32_t)(uint8_t)p[3] << 24;
}

/* Bytes 0 and 2 of a word as int16. */
static inline uint32_t even_bytes(uint32_t word)
{
    const uint32_t first = (uint32_t)(int8_t)(uint8_t)word;
    return (first & 0xffff) | (uint32_t)(int8_t)(uint8_t)(word >> 16) << 16;
}

static inline uint32_t odd_bytes(uint32_t word)
{
    return even_bytes(word >> 8);
}

static inline uint32_t low_halves(uint32_t first, uint32_t second)
{
    return (first & 0xffff) | second << 16;
}

static inline uint32_t high_halves(uint32_t first, uint32_t second)
{
    return first >> 16 | (second & 0xffff0000);
}

/* sum plus the products of both halves, modulo 2^32. */
static inline int32_t multiply_pairs(uint32_t a, uint32_t b, int32_t sum)
{
    const int32_t low = (int16_t)(uint16_t)a * (int16_t)(uint16_t)b;
    const int32_t high = (int16_t)(uint16_t)(a >> 16) * (int16_t)(uint16_t)(b >> 16);
    return (int32_t)((uint32_t)sum + (uint32_t)low + (uint32_t)high);
}

#endif
