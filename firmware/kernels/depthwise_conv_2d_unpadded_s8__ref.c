#include "rescale_s8.h"

#include "depthwise_conv_2d_unpadded_s8.inc"

static void sum_four(const struct walk *walk, const int8_t *in, const int8_t *taps, int32_t sums[4])
{
    for (int32_t k = 0; k < 4; k++)
        sums[k] = 0;
    for (int32_t i = walk->lines; i > 0; i--, in += walk->next_line) {
        const int8_t *pixel = in;
        for (int32_t j = walk->taps; j > 0; j--, pixel += walk->next_tap, taps += walk->channels)
            for (int32_t k = 0; k < 4; k++)
                sums[k] += pixel[k] * taps[k];
    }
}
