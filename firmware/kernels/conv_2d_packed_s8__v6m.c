#include "conv_2d_packed.h"

#include "conv_2d_packed_widen.h"
#include "packed_rows_v6m.h"
#include "rescale_s8.h"

#include "conv_2d_packed_s8.inc"
#include "conv_2d_packed_rows.inc"

/* packed_4_rows() times the words of every second place. */
const int16_t *packed_4_rows_apart(const int16_t *rows, const uint32_t *words, const uint32_t *end,
                                   int32_t sums[PACKED_ROWS]);
ASSEMBLY_FUNCTION(packed_4_rows_apart, PACKED_4_ROWS("ldr    r7, [r1]\n\t"
                                                     "adds   r1, #8\n\t"));

static const int16_t *rows_by_2_windows(const int16_t *rows, const uint32_t *windows,
                                        const uint32_t *end, int32_t sums[2 * PACKED_ROWS])
{
    packed_4_rows_apart(rows, windows, end, sums);
    return packed_4_rows_apart(rows, windows + 1, end + 1, sums + PACKED_ROWS);
}
