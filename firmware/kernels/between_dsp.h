/* between.h for the DSP extension: one load of two neighbours, one multiplication of both. */
#ifndef HB_BETWEEN_DSP_H
#define HB_BETWEEN_DSP_H

#include <stdint.h>
#include <string.h>

#include "dot_dsp.h"

/* start + 2^bits times the table's value at u / 2^bits, which may be before `values`; reads the value
 * behind that of u >> bits. */
static inline int32_t between(const int16_t *values, int32_t u, int32_t bits, int32_t start)
{
    const uint32_t fraction = (uint32_t)u & ((1u << bits) - 1);
    uint32_t neighbours;
    memcpy(&neighbours, values + (u >> bits), sizeof neighbours);

    return multiply_pairs(neighbours, low_halves((1u << bits) - fraction, fraction), start);
}

#endif
