#include "conv_2d_packed.h"

#include <string.h>

#include "pairs.h"
#include "rescale_s8.h"

/* n bytes, which are fours, as halfwords of a window; returns what is behind. */
static uint32_t *widen(const int8_t *in, int32_t n, uint32_t *to)
{
    for (; n > 0; n -= 4, in += 4, to += 4) {
        const uint32_t word = load_4(in);
        to[0] = even_bytes(word), to[2] = odd_bytes(word);
    }
    return to;
}

/* n halfwords, which are twos, as words of a window; returns what is behind. */
static uint32_t *put_pairs(const int16_t *from, int32_t n, uint32_t *to)
{
    for (; n > 0; n -= 2, from += 2, to += 2)
        memcpy(to, from, 4);
    return to;
}

#include "conv_2d_packed_s8.inc"

/* sums[0] and sums[1]: offsets and a window times the two rows of pairs, one word after the next.
 * A halfword is a + 256 b of either row. */
static void pair_by_window(const int16_t *pairs, const uint32_t *window, const uint32_t *end,
                           int32_t offsets[2], int32_t sums[2])
{
    int32_t low = 0, both = 0; /* modulo 2^32 */
    for (; window < end; window += 2, pairs += 4) {
        const uint32_t word = (uint16_t)pairs[0] | (uint32_t)(uint16_t)pairs[1] << 16;
        both = multiply_pairs(word, *window, both);
        low = multiply_pairs(even_bytes(word), *window, low);
    }
    sums[0] = (int32_t)((uint32_t)offsets[0] + (uint32_t)low);
    sums[1] = (int32_t)((uint32_t)offsets[1] +
                        (uint32_t)((int32_t)((uint32_t)both - (uint32_t)low) >> 8));
}

static void four_outputs(const struct work *work, const uint32_t *window, int8_t *out)
{
    const int32_t *const block = work->block, *scale = block + PACKED_ROWS;
    int32_t sums[PACKED_ROWS];
    for (int32_t pair = 0; pair < 2; pair++) {
        int32_t offsets[2] = {block[pair], block[pair + 2]};
        pair_by_window(work->rows + 2 * pair, window, work->windows_end, offsets, sums + 2 * pair);
    }
    for (int32_t k = 0; k < PACKED_ROWS; k++, scale += 3)
        out[k] = (int8_t)rescale_s8(2 * sums[k], scale[0], scale[1], scale[2]);
}

static void product(struct work work)
{
    const int32_t columns = (int32_t)(work.windows_end - work.windows);
    for (; work.first != work.first_end; work.first += PACKED_ROWS, work.second += PACKED_ROWS) {
        four_outputs(&work, work.windows, work.first);
        four_outputs(&work, work.windows + 1, work.second);
        work.rows += 2 * columns;
        work.block += PACKED_BLOCK;
    }
}
