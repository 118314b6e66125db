#include "conv_2d_packed.h"

#include "conv_2d_packed_widen.h"
#include "packed_rows.h"
#include "rescale_s8.h"

#include "conv_2d_packed_s8.inc"
#include "conv_2d_packed_rows.inc"

/* The words of every second place from `words` on. */
static const int16_t *rows_by_window(const int16_t *rows, const uint32_t *words, int32_t n,
                                     int32_t sums[PACKED_ROWS])
{
    uint32_t low0 = 0, both0 = 0, low1 = 0, both1 = 0;
    for (int32_t c = 0; c < n; c += 2, rows += 4) {
        const int16_t x0 = (int16_t)(uint16_t)words[c];
        const int16_t x1 = (int16_t)(uint16_t)(words[c] >> 16);
        PACKED_COLUMN(rows, x0);
        PACKED_COLUMN(rows + 1, x1);
    }
    sums[0] = (int32_t)low0, sums[1] = (int32_t)(both0 - low0) >> 8;
    sums[2] = (int32_t)low1, sums[3] = (int32_t)(both1 - low1) >> 8;
    return rows;
}

static const int16_t *rows_by_2_windows(const int16_t *rows, const uint32_t *windows,
                                        const uint32_t *end, int32_t sums[2 * PACKED_ROWS])
{
    const int32_t n = (int32_t)(end - windows);
    rows_by_window(rows, windows, n, sums);
    return rows_by_window(rows, windows + 1, n, sums + PACKED_ROWS);
}
