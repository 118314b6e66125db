#include "conv_2d_packed.h"

#include "conv_2d_packed_widen.h"
#include "packed_2_vectors_v7m.h"
#include "rescale_s8_v7m.h"

#include "conv_2d_packed_s8.inc"
#include "conv_2d_packed_rows.inc"

static const int16_t *rows_by_2_windows(const int16_t *rows, const uint32_t *windows,
                                        const uint32_t *end, int32_t sums[2 * PACKED_ROWS])
{
    return packed_4_rows_by_2(rows, windows, end, sums);
}
