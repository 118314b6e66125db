/* How windows of conv_2d_packed_s8.inc are widened in C. */
#ifndef HB_CONV_2D_PACKED_WIDEN_H
#define HB_CONV_2D_PACKED_WIDEN_H

#include "pairs.h"
#include "put_pairs.h"

/* n bytes, which are fours, as halfwords of a window; returns what is behind. */
static uint32_t *widen(const int8_t *in, int32_t n, uint32_t *to)
{
    for (; n > 0; n -= 4, in += 4, to += 4) {
        const uint32_t word = load_4(in);
        to[0] = even_bytes(word), to[2] = odd_bytes(word);
    }
    return to;
}

#endif
