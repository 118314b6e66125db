/* Linear interpolation in a table of int16. */
#ifndef HB_BETWEEN_H
#define HB_BETWEEN_H

#include <stdint.h>

/* start + 2^bits times the table's value at u / 2^bits, which may be before `values`; reads the value
 * behind that of u >> bits. */
static inline int32_t between(const int16_t *values, int32_t u, int32_t bits, int32_t start)
{
    const int16_t *const y = values + (u >> bits);
    const int32_t fraction = u & ((1 << bits) - 1);

    return start + y[0] * (1 << bits) + fraction * (y[1] - y[0]);
}

#endif
