/* packed.h for Helium: VMLADAVA adds eight products of halfwords to a sum, VMOVLB leaves the first
 * row of a pair. 10 instructions for 32 products.
 */
#ifndef HB_PACKED_MVE_H
#define HB_PACKED_MVE_H

#include <arm_mve.h>

#include "packed_columns.h"

/* sums[k] += the k-th of two rows times x, doubled; columns as packed_columns() gives them.
 * Returns the rows behind. */
static inline const int16_t *packed_2(const int16_t *rows, const int16_t *x, int32_t columns,
                                      int32_t sums[2])
{
    int32_t low = 0, both = 0;
    __asm__ volatile("dlstp.16    lr, %[columns]\n"
                     "1:\n\t"
                     "vldrh.u16   q0, [%[rows]], #16\n\t"
                     "vldrh.u16   q1, [%[x]], #16\n\t"
                     "vmlava.s16  %[both], q0, q1\n\t"
                     "vmovlb.s8   q0, q0\n\t"
                     "vmlava.s16  %[low], q0, q1\n\t"
                     "letp        lr, 1b"
                     : [rows] "+r"(rows), [x] "+r"(x), [low] "+Te"(low), [both] "+Te"(both)
                     : [columns] "r"(columns)
                     : "q0", "q1", "lr", "memory");
    sums[0] += low;
    sums[1] += (int32_t)((uint32_t)both - (uint32_t)low) >> 8;
    return rows - (-columns & 7); /* the last step goes on as if it were a whole one */
}

/* Sums of four rows, whose pairs take turns word by word. In vectors they stand in the order of the
 * bias, 0 2 1 3. */
struct packed_sums {
    int32_t low0, low1, both0, both1;
};

/* The last four columns where there is an odd number of fours; their halfwords are
 * 0 0 1 1 0 0 1 1 of the pairs. */
static inline struct packed_sums packed_last_columns(const int16_t *rows, const int16_t *x,
                                                     struct packed_sums s)
{
    const int32_t *const words = (const int32_t *)(const void *)x;
    const int16x8_t both = vldrhq_s16(rows), low = vmovlbq_s8((int8x16_t)both);
    const int16x8_t x0 = (int16x8_t)(int32x4_t){words[0], 0, words[1], 0};
    const int16x8_t x1 = (int16x8_t)(int32x4_t){0, words[0], 0, words[1]};
    return (struct packed_sums){
        .low0 = vmladavaq_s16(s.low0, low, x0),
        .low1 = vmladavaq_s16(s.low1, low, x1),
        .both0 = vmladavaq_s16(s.both0, both, x0),
        .both1 = vmladavaq_s16(s.both1, both, x1),
    };
}

/* GCC would build the vector in memory. */
static inline int32x4_t packed_unfolded(struct packed_sums s)
{
    const int32x4_t left = {0, 0, -8, -8};
    int32x4_t folded;
    __asm__("vmov %q[v][2], %q[v][0], %[low0], %[high0]\n\t"
            "vmov %q[v][3], %q[v][1], %[low1], %[high1]"
            : [v] "=&w"(folded)
            : [low0] "r"(s.low0), [low1] "r"(s.low1),
              [high0] "r"((uint32_t)s.both0 - (uint32_t)s.low0),
              [high1] "r"((uint32_t)s.both1 - (uint32_t)s.low1));
    return vshlq_s32(folded, left);
}

/* Four rows times x, doubled; `rows` then has the rows behind. */
static inline int32x4_t packed_4(const int16_t **rows, const int16_t *x, int32_t columns)
{
    struct packed_sums s = {0, 0, 0, 0};
    const int16_t *weights = *rows;
    __asm__ volatile("dls         lr, %[eights]\n"
                     "1:\n\t"
                     "vld20.32    {q0, q1}, [%[weights]]\n\t"
                     "vld21.32    {q0, q1}, [%[weights]]!\n\t"
                     "vldrh.u16   q2, [%[x]], #16\n\t"
                     "vmlava.s16  %[both0], q0, q2\n\t"
                     "vmovlb.s8   q0, q0\n\t"
                     "vmlava.s16  %[both1], q1, q2\n\t"
                     "vmovlb.s8   q1, q1\n\t"
                     "vmlava.s16  %[low0], q0, q2\n\t"
                     "vmlava.s16  %[low1], q1, q2\n\t"
                     "le          lr, 1b"
                     : [weights] "+r"(weights), [x] "+r"(x), [low0] "+Te"(s.low0),
                       [low1] "+Te"(s.low1), [both0] "+Te"(s.both0), [both1] "+Te"(s.both1)
                     : [eights] "r"(columns >> 3)
                     : "q0", "q1", "q2", "lr", "memory");
    if (columns & 4) {
        s = packed_last_columns(weights, x, s);
        weights += 8;
    }
    *rows = weights;
    return packed_unfolded(s);
}

#endif
