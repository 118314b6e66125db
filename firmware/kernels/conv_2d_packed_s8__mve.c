#include "conv_2d_packed.h"

#include "dot_dsp.h"
#include "packed_2_vectors_mve.h"
#include "put_pairs.h"
#include "rescale_s8.h"
#include "rescale_s8_mve.h"

/* n bytes, which are fours, as halfwords of a window, every second word; returns what is behind. */
static uint32_t *widen(const int8_t *in, int32_t n, uint32_t *to)
{
    const uint16x8_t order = {0, 2, 1, 3, 4, 6, 5, 7};
    const uint32x4_t places = {0, 2, 4, 6};
    for (; n >= 8; n -= 8, in += 8, to += 8) {
        const int16x8_t halves = vldrbq_gather_offset_s16(in, order);
        vstrwq_scatter_shifted_offset_u32(to, places, (uint32x4_t)halves);
    }
    if (n > 0) {
        const uint32_t word = load_4(in);
        to[0] = even_bytes(word), to[2] = odd_bytes(word);
        to += 4;
    }
    return to;
}

#include "conv_2d_packed_s8.inc"

/* Four rows of a pixel; sums in the order of the block. */
static inline void finish_4(int32x4_t sums, const int32_t *block, int8_t *out)
{
    const uint32x4_t order = {0, 2, 1, 3};
    const int32x4_t all = vaddq_s32(sums, vldrwq_s32(block));
    const int32x4_t results = rescale_each_s8(vaddq_s32(all, all), block + PACKED_ROWS);
    vstrbq_scatter_offset_s32(out, order, results);
}

static void product(struct work work)
{
    for (; work.first != work.first_end; work.first += PACKED_ROWS, work.second += PACKED_ROWS) {
        const struct packed_two sums =
            packed_4_by_pairs(&work.rows, work.windows, work.windows_end);
        finish_4(sums.first, work.block, work.first);
        finish_4(sums.second, work.block, work.second);
        work.block += PACKED_BLOCK;
    }
}
