#include "fully_connected.h"
#include "packed_dsp.h"
#include "rescale_s8_dsp.h"

#include "fully_connected_packed_each.inc"

#include "fully_connected_packed.inc"

struct scales {
    const int32_t *next; /* channel */
};

#define SCALES(p) {(p)->channels}
#define SCALES_LAST 7
#define LOAD_SCALES GET("r6", SCALES_0)
#define NEXT_RESCALE(sum)                                                                          \
    "ldmia  r6!, {r3-r5}\n\t"                                                                      \
    RESCALE_S8(sum, "r3", "r4", "r5", "r0")
#define RESCALE_SUMS                                                                                    \
    NEXT_RESCALE("r8")                                                                             \
    NEXT_RESCALE("r9")                                                                             \
    NEXT_RESCALE("r10")                                                                            \
    NEXT_RESCALE("r12")                                                                            \
    PUT(SCALES_0, "r6")

#include "fully_connected_packed_dsp.inc"
