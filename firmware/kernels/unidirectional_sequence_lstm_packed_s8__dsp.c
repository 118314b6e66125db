#include "packed_dsp.h"
#include "rescale_s8_dsp.h"
#include "saturate_dsp.h"

#include "unidirectional_sequence_lstm_packed_s8.inc"

struct scales {
    int32_t multiplier, rounding, shift;
};

#define LOAD_SCALES                                                                                \
    "ldr    r4, " SCALES_0 "\n\t"                                                                  \
    "ldr    r5, " SCALES_1 "\n\t"                                                                  \
    "ldr    r6, " SCALES_2 "\n\t"
#define RESCALE_SUMS                                                                               \
    RESCALE_S16("r8", "r4", "r5", "r6", "r2")                                                      \
    RESCALE_S16("r9", "r4", "r5", "r6", "r2")                                                      \
    RESCALE_S16("r10", "r4", "r5", "r6", "r2")                                                     \
    RESCALE_S16("r12", "r4", "r5", "r6", "r2")
#define STORE "strh"
#define STORE_BYTES "#2"
#include "packed_product_dsp.inc"

static const int16_t *rows_by_4(const struct gate *g, const int16_t *x, int16_t *out)
{
    static const int32_t none[4];
    if (g->rows < 4)
        return g->weights;
    return product_of_4((struct work){
        .rows = g->weights,
        .x = x,
        .end_of_16 = x + (g->columns & ~15),
        .end = x + g->columns,
        .bias = g->bias ? g->bias : none,
        .bias_step = g->bias ? 4 * (int32_t)sizeof *g->bias : 0,
        .out = out,
        .out_end = out + (g->rows & ~3),
        .scales = {g->multiplier, g->rounding, g->shift},
    });
}
