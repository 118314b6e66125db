#include "fully_connected.h"
#include "packed_dsp.h"
#include "rescale_s8_dsp.h"

#include "fully_connected_packed_one.inc"

#include "fully_connected_packed.inc"

struct scales {
    int32_t multiplier, rounding, shift;
};

#define SCALES(p) {(p)->multiplier, (p)->rounding, (p)->shift}
#define SCALES_LAST 9
#define LOAD_SCALES GET("r4", SCALES_0) GET("r5", SCALES_1) GET("r6", SCALES_2)
#define RESCALE_SUMS                                                                                    \
    RESCALE_S8("r8", "r4", "r5", "r6", "r0")                                                   \
    RESCALE_S8("r9", "r4", "r5", "r6", "r0")                                                   \
    RESCALE_S8("r10", "r4", "r5", "r6", "r0")                                                  \
    RESCALE_S8("r12", "r4", "r5", "r6", "r0")

#include "fully_connected_packed_dsp.inc"
