/* How the windows of conv_2d_packed_s8.inc get what is widened already. */
#ifndef HB_PUT_PAIRS_H
#define HB_PUT_PAIRS_H

#include <stdint.h>
#include <string.h>

/* n halfwords, which are twos, as words of a window; returns what is behind. */
static inline uint32_t *put_pairs(const int16_t *from, int32_t n, uint32_t *to)
{
    for (; n > 0; n -= 2, from += 2, to += 2)
        memcpy(to, from, 4);
    return to;
}

#endif
