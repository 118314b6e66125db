/* The packed product of two vectors at a time for Helium: a weight is loaded and unpacked once for
 * both. 16 instructions for 64 products.
 */
#ifndef HB_PACKED_2_VECTORS_MVE_H
#define HB_PACKED_2_VECTORS_MVE_H

#include "packed_mve.h"

struct packed_two {
    int32x4_t first, second;
};

/* Eight halfwords of either pair of rows are in q0 and q1, of the vectors in q2 and q3. */
#define PACKED_LOAD_WEIGHTS                                                                        \
    "vld20.32    {q0, q1}, [%[weights]]\n\t"                                                       \
    "vld21.32    {q0, q1}, [%[weights]]!\n\t"
#define PACKED_4_BY_2                                                                              \
    "vmlava.s16  %[both0_a], q0, q2\n\t"                                                           \
    "vmlava.s16  %[both0_b], q0, q3\n\t"                                                           \
    "vmovlb.s8   q0, q0\n\t"                                                                       \
    "vmlava.s16  %[both1_a], q1, q2\n\t"                                                           \
    "vmlava.s16  %[both1_b], q1, q3\n\t"                                                           \
    "vmovlb.s8   q1, q1\n\t"                                                                       \
    "vmlava.s16  %[low0_a], q0, q2\n\t"                                                            \
    "vmlava.s16  %[low0_b], q0, q3\n\t"                                                            \
    "vmlava.s16  %[low1_a], q1, q2\n\t"                                                            \
    "vmlava.s16  %[low1_b], q1, q3\n\t"
#define PACKED_SUMS(a, b)                                                                          \
    [low0_a] "+Te"((a).low0), [low1_a] "+Te"((a).low1), [both0_a] "+Te"((a).both0),                \
    [both1_a] "+Te"((a).both1), [low0_b] "+Te"((b).low0), [low1_b] "+Te"((b).low1),                \
    [both0_b] "+Te"((b).both0), [both1_b] "+Te"((b).both1)

/* Four rows times either vector, doubled, in the order of the bias; `rows` then has the rows behind.
 * A low-overhead loop would take LR, which is the eighth of the even registers that sums need. */
static inline struct packed_two packed_4_by_2(const int16_t **rows, const int16_t *first,
                                              const int16_t *second, int32_t columns)
{
    struct packed_sums a = {0, 0, 0, 0}, b = {0, 0, 0, 0};
    const int16_t *weights = *rows;
    const int16_t *const end = first + (columns & ~7);
    __asm__ volatile("1:\n\t"
                     PACKED_LOAD_WEIGHTS
                     "vldrh.u16   q2, [%[first]], #16\n\t"
                     "vldrh.u16   q3, [%[second]], #16\n\t"
                     PACKED_4_BY_2
                     "cmp         %[first], %[end]\n\t"
                     "bne         1b"
                     : [weights] "+r"(weights), [first] "+r"(first), [second] "+r"(second),
                       PACKED_SUMS(a, b)
                     : [end] "r"(end)
                     : "q0", "q1", "q2", "q3", "cc", "memory");
    if (columns & 4) {
        a = packed_last_columns(weights, first, a);
        b = packed_last_columns(weights, second, b);
        weights += 8;
    }
    *rows = weights;
    return (struct packed_two){packed_unfolded(a), packed_unfolded(b)};
}

/* The same where words of the two take turns up to `end`. */
static inline struct packed_two packed_4_by_pairs(const int16_t **rows, const uint32_t *vectors,
                                                  const uint32_t *end)
{
    struct packed_sums a = {0, 0, 0, 0}, b = {0, 0, 0, 0};
    const int16_t *weights = *rows;
    const uint32_t *const whole = vectors + ((end - vectors) & ~7);
    while (vectors != whole)
        __asm__ volatile(PACKED_LOAD_WEIGHTS
                         "vld20.32    {q2, q3}, [%[vectors]]\n\t"
                         "vld21.32    {q2, q3}, [%[vectors]]!\n\t"
                         PACKED_4_BY_2
                         : [weights] "+r"(weights), [vectors] "+r"(vectors), PACKED_SUMS(a, b)
                         :
                         : "q0", "q1", "q2", "q3", "memory");
    if (vectors != end) {
        const uint32_t first[2] = {vectors[0], vectors[2]}, second[2] = {vectors[1], vectors[3]};
        a = packed_last_columns(weights, (const int16_t *)(const void *)first, a);
        b = packed_last_columns(weights, (const int16_t *)(const void *)second, b);
        weights += 8;
    }
    *rows = weights;
    return (struct packed_two){packed_unfolded(a), packed_unfolded(b)};
}

#endif
