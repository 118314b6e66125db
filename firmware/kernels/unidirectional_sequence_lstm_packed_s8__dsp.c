#include "between_dsp.h"
#include "packed_2_vectors_dsp.h"
#include "packed_dsp.h"
#include "rescale_s8_dsp.h"
#include "saturate_dsp.h"

#include "unidirectional_sequence_lstm_packed_s8.inc"

struct scales {
    int32_t multiplier, rounding, shift;
};

#define SCALES_LAST 10
#define LOAD_SCALES GET("r4", SCALES_0) GET("r5", SCALES_1) GET("r6", SCALES_2)
#define RESCALE_SUMS                                                                               \
    RESCALE_S16("r8", "r4", "r5", "r6", "r0")                                                      \
    RESCALE_S16("r9", "r4", "r5", "r6", "r0")                                                      \
    RESCALE_S16("r10", "r4", "r5", "r6", "r0")                                                     \
    RESCALE_S16("r12", "r4", "r5", "r6", "r0")
#define STORE_OUTPUTS                                                                              \
    "ldrh   r0, [r7, #0]\n\t"                                                                     \
    "ldrh   r2, [r7, #8]\n\t"                                                                     \
    "ldrh   r3, [r7, #16]\n\t"                                                                    \
    "ldrh   r4, [r7, #24]\n\t"                                                                    \
    "qadd16 r8, r8, r0\n\t"                                                                        \
    "qadd16 r9, r9, r2\n\t"                                                                        \
    "qadd16 r10, r10, r3\n\t"                                                                      \
    "qadd16 r12, r12, r4\n\t"                                                                      \
    "strh   r8, [r7], #8\n\t"                                                                     \
    "strh   r9, [r7], #8\n\t"                                                                     \
    "strh   r10, [r7], #8\n\t"                                                                    \
    "strh   r12, [r7], #8\n\t"
#include "packed_product_dsp.inc"

static const int16_t *add_rows_by_4(const struct gate *g, const int16_t *x, int16_t *z)
{
    const int32_t none[4] = {0}; /* of the stack, which does not wait for flash */
    if (g->rows < 4)
        return g->weights;
    return product_of_4(&(struct work){
        .rows = g->weights,
        .x = x,
        .end_of_16 = x + (g->columns & ~15),
        .end = x + g->columns,
        .bias = g->bias ? g->bias : none,
        .bias_back = g->bias ? 0 : (int32_t)sizeof none,
        .out = z,
        .out_end = z + LSTM_GATES * (g->rows & ~3),
        .scales = {g->multiplier, g->rounding, g->shift},
    });
}

static void beside(const struct two_inputs *x, int32_t columns)
{
    const uint32_t *first = (const uint32_t *)(const void *)x->first;
    const uint32_t *second = (const uint32_t *)(const void *)x->second;
    uint32_t *both = (uint32_t *)(void *)x->both;
    for (int32_t c = 0; c < columns; c += 2, both += 2)
        both[0] = *first++, both[1] = *second++;
}

struct work_on_2 {
    const int16_t *rows, *vectors, *vectors_end;
    const int32_t *block;
    int16_t *first, *first_end, *second;
    struct scales scales;
};

#define OUTPUTS(first, second, out)                                                                \
    RESCALE_S16(first, "r2", "r3", "r4", "r5")                                                     \
    RESCALE_S16(second, "r2", "r3", "r4", "r5")                                                    \
    "strh   " first ", [r1], #8\n\t"                                                               \
    out                                                                                            \
    "strh   " second ", [r6], #8\n\t"

void products_of_4_by_2(const struct work_on_2 *work);
ASSEMBLY_FUNCTION(products_of_4_by_2,
                  PACKED_2_VECTORS(9, GET("r2", MORE_0)
                                   GET("r3", MORE_1)
                                   GET("r4", MORE_2)
                                   PACKED_2_BY_ROW));

static void add_products_of_2(const struct gate *g, const struct two_inputs *x, int16_t *first,
                              int16_t *second)
{
    const int32_t whole = g->rows & ~3;
    if (!g->bias) { /* which the assembly reads for all rows */
        add_product(g, x->first, first);
        add_product(g, x->second, second);
        return;
    }
    if (whole > 0)
        products_of_4_by_2(&(struct work_on_2){
            .rows = g->weights,
            .vectors = x->both,
            .vectors_end = x->both + 2 * g->columns,
            .block = g->bias,
            .first = first,
            .first_end = first + LSTM_GATES * whole,
            .second = second,
            .scales = {g->multiplier, g->rounding, g->shift},
        });
    add_last_rows(g, g->weights + whole / 2 * g->columns, x->first, first);
    add_last_rows(g, g->weights + whole / 2 * g->columns, x->second, second);
}
