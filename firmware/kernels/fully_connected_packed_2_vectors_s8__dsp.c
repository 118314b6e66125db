#include "packed_2_vectors_dsp.h"
#include "packed_widen_2_dsp.h"
#include "rescale_s8_dsp.h"

#include "fully_connected_packed_2_vectors_s8.inc"

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
    GET("r2", multiplier)                                                                          \
    GET("r3", rounding)                                                                            \
    GET("r4", shift)
#define OUTPUT(sum, out)                                                                           \
    RESCALE_S8(sum, "r2", "r3", "r4", "r5")                                                        \
    "strb   " sum ", [" out "], #1\n\t"

void products_of_4_by_2(const struct work *work);
ASSEMBLY_FUNCTION(products_of_4_by_2,
                  PACKED_2_VECTORS(13, LOAD_SCALES(MORE_0, MORE_1, MORE_2)
                                   OUTPUT("r6", "r1")
                                   OUTPUT("r8", "r1")
                                   OUTPUT("r10", "r1")
                                   OUTPUT("r12", "r1")
                                   LOAD_SCALES(MORE_3, MORE_4, MORE_5)
                                   GET("r6", SECOND)
                                   OUTPUT("r7", "r6")
                                   OUTPUT("r9", "r6")
                                   OUTPUT("r11", "r6")
                                   OUTPUT("lr", "r6")
                                   GET("r5", MORE_6)
                                   "sub    r0, r0, r5\n\t", ""));

static void products_of_2(const params *p, const int8_t *first, const int8_t *second,
                          int8_t *first_out, int8_t *second_out, void *scratch)
{
    const int32_t none[4] = {0}; /* of the stack, which does not wait for flash */
    uint32_t *const vectors = scratch;
    packed_widen_2(first, second, p->columns, p->input_zero_point, vectors);
    products_of_4_by_2(&(struct work){
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
