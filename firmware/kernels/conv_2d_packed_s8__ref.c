#include "conv_2d_packed.h"

#include "fixed_point.h"

static inline void widen_4(const int8_t *in, int16_t *to)
{
    to[0] = in[0], to[1] = in[2], to[4] = in[1], to[5] = in[3];
}

/* sums[i][k] = offsets[k] + the window of pixel i times row k, for four rows; returns the next
 * rows. A halfword is a + 256 b of rows 0 and 1, or of rows 2 and 3. */
static const int16_t *windows_times_rows(const int16_t *windows, const int16_t *rows,
                                         int32_t columns, const int32_t *offsets,
                                         int32_t sums[2][4])
{
    for (int32_t i = 0; i < 2; i++)
        for (int32_t k = 0; k < 4; k += 2) {
            uint32_t low = 0, both = 0; /* modulo 2^32 */
            for (int32_t c = 0; c < 2 * columns; c += 4)
                for (int32_t half = 0; half < 2; half++) {
                    const int16_t pair = rows[c + k + half];
                    const int32_t x = windows[c + 2 * i + half];
                    low += (uint32_t)((int8_t)(uint8_t)(pair & 0xff) * x);
                    both += (uint32_t)(pair * x);
                }
            sums[i][k] = (int32_t)((uint32_t)offsets[k] + low);
            sums[i][k + 1] =
                (int32_t)((uint32_t)offsets[k + 1] + (uint32_t)((int32_t)(both - low) >> 8));
        }
    return rows + 2 * columns;
}

/* rescale_down(), with the output's zero point in `rounding`: half of 2^shift, and the zero point
 * times 2^shift. */
static inline int8_t finish(int32_t sum, int32_t multiplier, int32_t rounding, int32_t shift)
{
    const int64_t added = (int64_t)(rounding + (sum >> 31)) * (1LL << 32) + (1LL << 31);
    const int64_t high = (shift_left(sum, 1) * (int64_t)multiplier + added) >> 32;
    return (int8_t)clamp((int32_t)high >> shift, INT8_MIN, INT8_MAX);
}

#include "conv_2d_packed_s8.inc"
