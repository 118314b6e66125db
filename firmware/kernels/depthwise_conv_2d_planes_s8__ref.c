#include "depthwise_conv_2d_planes.h"

#include "pairs.h"
#include "rescale_s8.h"

#define ALWAYS_INLINE static inline

#include "depthwise_conv_2d_planes_s8.inc"

static void output_plane_of_3(struct channel channel)
{
    output_any_plane(&channel);
}

static void output_plane_of_3_apart(struct channel channel)
{
    output_any_plane(&channel);
}
