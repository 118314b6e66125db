/* Linear interpolation in a table of int16. */
#ifndef HB_BETWEEN_H
#define HB_BETWEEN_H

#include <stdint.h>

/* 2^bits times the table's value at u / 2^bits >= 0; reads the value behind that of u >> bits. */
static inline int32_t between(const int16_t *values, int32_t u, int32_t bits)
{
    const int16_t *const y = values + (u >> bits);
    const int32_t fraction = u & ((1 << bits) - 1);

    return y[0] * (1 << bits) + fraction * (y[1] - y[0]);
}

#endif
