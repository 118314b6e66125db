#include "between_dsp.h"
#include "packed_2_vectors_dsp.h"
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
    "strh   " first ", [r1], #2\n\t"                                                               \
    out                                                                                            \
    "strh   " second ", [r6], #2\n\t"

void products_of_4_by_2(struct work_on_2 work);
ASSEMBLY_FUNCTION(products_of_4_by_2, PACKED_2_VECTORS("ldr    r2, " MORE_0 "\n\t"
                                                       "ldr    r3, " MORE_1 "\n\t"
                                                       "ldr    r4, " MORE_2 "\n\t"
                                                       PACKED_2_BY_ROW));

static void products_of_2(const struct gate *g, const struct two_inputs *x, int16_t *first,
                          int16_t *second)
{
    const int32_t whole = g->rows & ~3;
    if (!g->bias) { /* which the assembly reads for all rows */
        product(g, x->first, first);
        product(g, x->second, second);
        return;
    }
    if (whole > 0)
        products_of_4_by_2((struct work_on_2){
            .rows = g->weights,
            .vectors = x->both,
            .vectors_end = x->both + 2 * g->columns,
            .block = g->bias,
            .first = first,
            .first_end = first + whole,
            .second = second,
            .scales = {g->multiplier, g->rounding, g->shift},
        });
    last_rows(g, g->weights + whole / 2 * g->columns, x->first, first);
    last_rows(g, g->weights + whole / 2 * g->columns, x->second, second);
}

static inline uint32_t load_pair(const int16_t *p)
{
    uint32_t pair;
    memcpy(&pair, p, sizeof pair); /* one LDR, which need not be aligned */
    return pair;
}

static inline uint32_t add_pairs(uint32_t a, uint32_t b)
{
    uint32_t sums;
    __asm__("qadd16 %0, %1, %2" : "=r"(sums) : "r"(a), "r"(b));
    return sums;
}

__attribute__((noinline)) static void add(int16_t *restrict z, const int16_t *restrict y, int32_t n)
{
    for (; n >= 4; n -= 4, z += 4, y += 4) {
        const uint32_t z0 = load_pair(z), z1 = load_pair(z + 2);
        const uint32_t y0 = load_pair(y), y1 = load_pair(y + 2);
        const uint32_t first = add_pairs(z0, y0), second = add_pairs(z1, y1);
        memcpy(z, &first, sizeof first);
        memcpy(z + 2, &second, sizeof second);
    }
    for (int32_t u = 0; u < n; u++)
        z[u] = (int16_t)saturate_16(z[u] + y[u]);
}
