#include "between_dsp.h"
#include "packed_2_vectors_dsp.h"
#include "packed_dsp.h"
#include "packed_widen_2_dsp.h"
#include "rescale_s8_dsp.h"
#include "saturate_dsp.h"
#include "unidirectional_sequence_lstm.h"

enum { GATES_AT_ONCE = LSTM_GATES };
#include "unidirectional_sequence_lstm_packed_s8.inc"

#include "unidirectional_sequence_lstm_packed_cells_dsp.inc"

/* Of a gate; where the next ones are, how many there are, this one included, and by how many bytes outputs of
 * the next one are before where this one's end. */
struct scales {
    int32_t multiplier, rounding, shift;
    const int32_t *multipliers;
    const int8_t *shifts;
    int32_t gates, back;
};

static struct scales scales_of(const struct gate *g)
{
    return (struct scales){
        g->multiplier, g->rounding, g->shift, g->multipliers, g->shifts, g->gates,
        (LSTM_GATES * g->rows - 1) * (int32_t)sizeof(int16_t),
    };
}

/* The next gate's scales; goes on at label 8 if there is none. */
#define NEXT_SCALES(multiplier, rounding, shift, multipliers, shifts, gates)                       \
    GET("r0", gates)                                                                               \
    "subs   r0, #1\n\t"                                                                            \
    "beq    8f\n\t"                                                                                \
    PUT(gates, "r0")                                                                               \
    GET("r2", multipliers)                                                                         \
    "ldr    r3, [r2, #4]!\n\t"                                                                     \
    PUT(multipliers, "r2")                                                                         \
    PUT(multiplier, "r3")                                                                          \
    GET("r2", shifts)                                                                              \
    "ldrsb  r3, [r2, #1]!\n\t"                                                                     \
    PUT(shifts, "r2")                                                                              \
    PUT(shift, "r3")                                                                               \
    "sub    r3, #1\n\t"                                                                            \
    "mov    r2, #1\n\t"                                                                            \
    "lsl    r2, r2, r3\n\t"                                                                        \
    PUT(rounding, "r2")

#define SCALES_LAST 13
#define LOAD_SCALES GET("r4", SCALES_0) GET("r5", SCALES_1) GET("r6", SCALES_2)
#define RESCALE_SUMS                                                                               \
    RESCALE_S16("r8", "r4", "r5", "r6", "r0")                                                      \
    RESCALE_S16("r9", "r4", "r5", "r6", "r0")                                                      \
    RESCALE_S16("r10", "r4", "r5", "r6", "r0")                                                     \
    RESCALE_S16("r12", "r4", "r5", "r6", "r0")
#define STORE_OUTPUTS                                                                              \
    "ldrh   r0, [r7, #0]\n\t"                                                                      \
    "ldrh   r2, [r7, #8]\n\t"                                                                      \
    "ldrh   r3, [r7, #16]\n\t"                                                                     \
    "ldrh   r4, [r7, #24]\n\t"                                                                     \
    "qadd16 r8, r8, r0\n\t"                                                                        \
    "qadd16 r9, r9, r2\n\t"                                                                        \
    "qadd16 r10, r10, r3\n\t"                                                                      \
    "qadd16 r12, r12, r4\n\t"                                                                      \
    "strh   r8, [r7], #8\n\t"                                                                      \
    "strh   r9, [r7], #8\n\t"                                                                      \
    "strh   r10, [r7], #8\n\t"                                                                     \
    "strh   r12, [r7], #8\n\t"
#define AT_END                                                                                     \
    NEXT_SCALES(SCALES_0, SCALES_1, SCALES_2, SCALES_3, SCALES_4, SCALES_5)                        \
    GET("r2", SCALES_6)                                                                            \
    GET("r0", OUT_END)                                                                             \
    "sub    r7, r7, r2\n\t"                                                                        \
    "add    r0, #2\n\t"                                                                            \
    PUT(OUT, "r7")                                                                                 \
    PUT(OUT_END, "r0")                                                                             \
    "b      1b\n"                                                                                  \
    "8:\n\t"
#include "packed_product_dsp.inc"

static const int16_t *add_rows_by_4(const struct gate *g, const int16_t *x, int16_t *z)
{
    if (g->rows < 4)
        return g->weights;
    return product_of_4(&(struct work){
        .rows = g->weights,
        .x = x,
        .end_of_16 = x + (g->columns & ~15),
        .end = x + g->columns,
        .bias = g->bias,
        .out = z,
        .out_end = z + LSTM_GATES * (g->rows & ~3),
        .scales = scales_of(g),
    });
}

/* The last rows of a gate read their vectors one by one. */
static void widen_2(const params *p, const int8_t *in, const struct two_inputs *x)
{
    const int8_t *const second = in + p->inputs;
    packed_widen_2(in, second, p->inputs, p->input_zero_point, (uint32_t *)(void *)x->both);
    if (p->units % 4 || !p->input_bias) {
        packed_widen(in, p->inputs, p->input_zero_point, x->first);
        packed_widen(second, p->inputs, p->input_zero_point, x->second);
    }
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
#define NEXT_GATE                                                                                  \
    NEXT_SCALES(MORE_0, MORE_1, MORE_2, MORE_3, MORE_4, MORE_5)                                    \
    GET("r5", MORE_6)                                                                              \
    GET("r2", FIRST)                                                                               \
    GET("r3", FIRST_END)                                                                           \
    GET("r4", SECOND)                                                                              \
    "sub    r2, r2, r5\n\t"                                                                        \
    "sub    r4, r4, r5\n\t"                                                                        \
    "add    r3, #2\n\t"                                                                            \
    PUT(FIRST, "r2")                                                                               \
    PUT(FIRST_END, "r3")                                                                           \
    PUT(SECOND, "r4")                                                                              \
    "b      1b\n"                                                                                  \
    "8:\n\t"

void products_of_4_by_2(const struct work_on_2 *work);
ASSEMBLY_FUNCTION(products_of_4_by_2,
                  PACKED_2_VECTORS(13, GET("r2", MORE_0)
                                   GET("r3", MORE_1)
                                   GET("r4", MORE_2)
                                   PACKED_2_BY_ROW, NEXT_GATE));

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
            .scales = scales_of(g),
        });
    if (whole == g->rows)
        return;
    add_last_rows(g, g->weights + whole / 2 * g->columns, x->first, first);
    add_last_rows(g, g->weights + whole / 2 * g->columns, x->second, second);
}
