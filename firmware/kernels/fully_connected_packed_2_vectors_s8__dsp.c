#include "packed_2_vectors_dsp.h"
#include "packed_widen_dsp.h"
#include "rescale_s8_dsp.h"

#include "fully_connected_packed_2_vectors_s8.inc"

/* A widened word of either input in turns. */
__attribute__((noinline)) static void widen(const params *p, const int8_t *first,
                                            const int8_t *second, uint32_t *x)
{
    const int32_t zero_point = p->input_zero_point;
    const uint32_t zeros = packed_zeros(zero_point);
    const int32_t whole = p->columns & ~3;
    int32_t columns = p->columns - whole, full = packed_columns(p->columns) - whole;
    for (const int8_t *const end = first + whole; first != end; first += 4, second += 4, x += 4) {
        const uint32_t a = load_4(first), b = load_4(second);
        packed_widen_4(a, zeros, x, x + 2);
        packed_widen_4(b, zeros, x + 1, x + 3);
    }
    for (; full > 0; columns = 0, full -= 4, x += 4) {
        packed_widen_4(packed_load_last(first, columns, zero_point), zeros, x, x + 2);
        packed_widen_4(packed_load_last(second, columns, zero_point), zeros, x + 1, x + 3);
    }
}

struct scales {
    int32_t multiplier, rounding, shift;
};

struct work {
    const int16_t *rows;
    const uint32_t *vectors, *vectors_end;
    const int32_t *block;
    int8_t *first, *first_end, *second;
    struct scales scales_a, scales_b;
    int32_t block_back; /* bytes, for a block that is the same for all rows */
};

#define LOAD_SCALES(multiplier, rounding, shift)                                                   \
    "ldr    r2, " multiplier "\n\t"                                                                \
    "ldr    r3, " rounding "\n\t"                                                                  \
    "ldr    r4, " shift "\n\t"
#define OUTPUT(sum, out)                                                                           \
    RESCALE_S8(sum, "r2", "r3", "r4", "r5")                                                        \
    "strb   " sum ", [" out "], #1\n\t"

void products_of_4_by_2(struct work work);
ASSEMBLY_FUNCTION(products_of_4_by_2,
                  PACKED_2_VECTORS(LOAD_SCALES(MORE_0, MORE_1, MORE_2)
                                   OUTPUT("r6", "r1")
                                   OUTPUT("r8", "r1")
                                   OUTPUT("r10", "r1")
                                   OUTPUT("r12", "r1")
                                   LOAD_SCALES(MORE_3, MORE_4, MORE_5)
                                   "ldr    r6, " SECOND "\n\t"
                                   OUTPUT("r7", "r6")
                                   OUTPUT("r9", "r6")
                                   OUTPUT("r11", "r6")
                                   OUTPUT("lr", "r6")
                                   "ldr    r5, " MORE_6 "\n\t"
                                   "sub    r0, r0, r5\n\t"));

static void products_of_2(const params *p, const int8_t *first, const int8_t *second,
                          int8_t *first_out, int8_t *second_out, void *scratch)
{
    static const int32_t none[4];
    uint32_t *const vectors = scratch;
    widen(p, first, second, vectors);
    products_of_4_by_2((struct work){
        .rows = p->weights,
        .vectors = vectors,
        .vectors_end = vectors + packed_columns(p->columns),
        .block = p->bias ? p->bias : none,
        .first = first_out,
        .first_end = first_out + p->rows,
        .second = second_out,
        .scales_a = {p->multiplier_a, p->rounding_a, p->shift_a},
        .scales_b = {p->multiplier_b, p->rounding_b, p->shift_b},
        .block_back = p->bias ? 0 : (int32_t)sizeof none,
    });
}
