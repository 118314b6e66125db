#include "depthwise_conv_2d_planes.h"

#include "pairs.h"
#include "rescale_s8.h"

#define ALWAYS_INLINE static inline

/* sums[k] += the window at column k of a plane, for a filter of three columns and `filter_h`
 * lines that are `next_line` words apart. `taps` have two pairs for even, two for odd columns. */
static void sum_4_of_3(const uint32_t *line, int32_t next_line, const uint32_t *taps,
                       int32_t filter_h, int32_t sums[4])
{
    for (; filter_h > 0; filter_h--, line += next_line, taps += 4)
        for (int32_t k = 0; k < 4; k++)
            for (int32_t m = 0; m < 2; m++)
                sums[k] = multiply_pairs(line[4 * (k / 2 + m)], taps[2 * m + k % 2], sums[k]);
}

/* The same of windows at columns 2 k. */
static void sum_4_of_3_apart(const uint32_t *line, int32_t next_line, const uint32_t *taps,
                             int32_t filter_h, int32_t sums[4])
{
    for (; filter_h > 0; filter_h--, line += next_line, taps += 4)
        for (int32_t k = 0; k < 4; k++)
            for (int32_t m = 0; m < 2; m++)
                sums[k] = multiply_pairs(line[4 * (k + m)], taps[2 * m], sums[k]);
}

/* rescale_s8() of each sum; outputs are `next` bytes apart. */
static void store_4(const int32_t sums[4], int32_t multiplier, int32_t rounding, int32_t shift,
                    int8_t *out, int32_t next)
{
    for (int32_t k = 0; k < 4; k++, out += next)
        *out = (int8_t)rescale_s8(sums[k], multiplier, rounding, shift);
}

#include "depthwise_conv_2d_planes_s8.inc"
