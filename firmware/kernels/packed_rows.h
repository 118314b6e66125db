/* Four packed rows at a time (packed.h), whose pairs take turns word by word. */
#ifndef HB_PACKED_ROWS_H
#define HB_PACKED_ROWS_H

#include "packed.h"

/* Here GCC may not rearrange sums: each product is to be one multiply-accumulate. */
#define PACKED_IN_ORDER(a, b, c, d) __asm__("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d))

#define PACKED_COLUMN(w, x)                                                                        \
    PACKED_PRODUCT((w), (x), low0, both0);                                                         \
    PACKED_PRODUCT((w) + 2, (x), low1, both1);                                                     \
    PACKED_IN_ORDER(low0, both0, low1, both1)

/* sums[k] += the k-th of four rows times x, doubled; returns the rows behind. */
static inline const int16_t *packed_4(const int16_t *rows, const int16_t *x,
                                      int32_t columns, int32_t sums[4])
{
    uint32_t low0 = 0, both0 = 0, low1 = 0, both1 = 0;
    for (const int16_t *const end = x + columns; x != end; x += 4, rows += 8) {
        PACKED_COLUMN(rows + 0, x[0]);
        PACKED_COLUMN(rows + 1, x[1]);
        PACKED_COLUMN(rows + 4, x[2]);
        PACKED_COLUMN(rows + 5, x[3]);
    }
    sums[0] += (int32_t)low0, sums[1] += (int32_t)(both0 - low0) >> 8;
    sums[2] += (int32_t)low1, sums[3] += (int32_t)(both1 - low1) >> 8;
    return rows;
}

#endif
