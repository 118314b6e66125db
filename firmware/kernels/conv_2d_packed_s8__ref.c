#include "conv_2d_packed.h"

#include "conv_2d_packed_widen.h"
#include "packed.h"
#include "rescale_s8.h"

#include "conv_2d_packed_s8.inc"
#include "conv_2d_packed_rows.inc"

/* A pair of rows times two windows. */
struct pair {
    uint32_t low[2], both[2];
};

static inline void add_column(struct pair *pair, const int16_t *weights, int32_t first,
                              int32_t second)
{
    PACKED_PRODUCT(weights, first, pair->low[0], pair->both[0]);
    PACKED_PRODUCT(weights, second, pair->low[1], pair->both[1]);
}

/* Words of the two windows take turns: a weight is loaded and unpacked once for both. */
static const int16_t *rows_by_2_windows(const int16_t *rows, const uint32_t *windows,
                                        const uint32_t *end, int32_t sums[2 * PACKED_ROWS])
{
    struct pair a = {0}, b = {0};
    for (; windows != end; windows += 2, rows += 4) {
        const int32_t first = (int16_t)(uint16_t)windows[0], second = (int16_t)(uint16_t)windows[1];
        add_column(&a, rows, first, second);
        add_column(&b, rows + 2, first, second);
        const int32_t next = (int16_t)(uint16_t)(windows[0] >> 16);
        const int32_t other = (int16_t)(uint16_t)(windows[1] >> 16);
        add_column(&a, rows + 1, next, other);
        add_column(&b, rows + 3, next, other);
    }
    for (int32_t k = 0; k < 2; k++, sums += PACKED_ROWS) {
        sums[0] = (int32_t)a.low[k], sums[1] = (int32_t)(a.both[k] - a.low[k]) >> 8;
        sums[2] = (int32_t)b.low[k], sums[3] = (int32_t)(b.both[k] - b.low[k]) >> 8;
    }
    return rows;
}
