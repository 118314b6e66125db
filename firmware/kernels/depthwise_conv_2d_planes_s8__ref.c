#include "depthwise_conv_2d_planes.h"

#include "pairs.h"
#include "rescale_s8.h"

#define ALWAYS_INLINE static inline

#include "depthwise_conv_2d_planes_s8.inc"

static void output_plane_of_3(const struct channel *channel, const int8_t *taps, uint32_t *to)
{
    pair_taps(taps, 2 * channel->filter_h, to);
    output_any_plane(channel);
}
