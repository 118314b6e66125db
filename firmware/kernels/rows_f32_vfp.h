/* eight_rows() of rows_f32.h, with the same sums, for an FPU that has s0 to s31.
 *
 * GCC loads one weight at a time, two cycles each, where one VLDM loads sixteen in 17. A VMUL's
 * product is added two instructions later, when it is there; VMLA would wait for itself.
 */
#ifndef HB_ROWS_F32_VFP_H
#define HB_ROWS_F32_VFP_H

#include <stdint.h>

enum { ROWS_F32 = 8 };

#define MULTIPLY(w, x) "vmul.f32 s" #w ", s" #w ", s" #x "\n\t"
#define ADD(sum, w) "vadd.f32 s" #sum ", s" #sum ", s" #w "\n\t"
#define TWO_COLUMNS                                                                                \
    "vldmia %[rows]!, {s16-s31}\n\t"                                                               \
    "vldmia %[x]!, {s8-s9}\n\t"                                                                    \
    MULTIPLY(16, 8) MULTIPLY(17, 8)                                                                \
    MULTIPLY(18, 8) ADD(0, 16) MULTIPLY(19, 8) ADD(1, 17)                                          \
    MULTIPLY(20, 8) ADD(2, 18) MULTIPLY(21, 8) ADD(3, 19)                                          \
    MULTIPLY(22, 8) ADD(4, 20) MULTIPLY(23, 8) ADD(5, 21)                                          \
    MULTIPLY(24, 9) ADD(6, 22) MULTIPLY(25, 9) ADD(7, 23)                                          \
    MULTIPLY(26, 9) ADD(0, 24) MULTIPLY(27, 9) ADD(1, 25)                                          \
    MULTIPLY(28, 9) ADD(2, 26) MULTIPLY(29, 9) ADD(3, 27)                                          \
    MULTIPLY(30, 9) ADD(4, 28) MULTIPLY(31, 9) ADD(5, 29)                                          \
    ADD(6, 30) ADD(7, 31)

#define ONE_COLUMN                                                                                 \
    "vldmia %[rows]!, {s16-s23}\n\t"                                                               \
    "vldmia %[x]!, {s8}\n\t"                                                                       \
    MULTIPLY(16, 8) MULTIPLY(17, 8)                                                                \
    MULTIPLY(18, 8) ADD(0, 16) MULTIPLY(19, 8) ADD(1, 17)                                          \
    MULTIPLY(20, 8) ADD(2, 18) MULTIPLY(21, 8) ADD(3, 19)                                          \
    MULTIPLY(22, 8) ADD(4, 20) MULTIPLY(23, 8) ADD(5, 21)                                          \
    ADD(6, 22) ADD(7, 23)

static inline __attribute__((always_inline)) const float *
eight_rows(const float *rows, const float *x, int32_t columns, const float *begin, float *sums)
{
    const float *const end = x + columns, *const end_of_4 = x + (columns & ~3);
    static const float zeros[ROWS_F32];
    __asm__ volatile("vldmia %[zeros], {s0-s7}\n\t"
                     "cmp    %[x], %[end_of_4]\n\t"
                     "beq    2f\n"
                     "1:\n\t" TWO_COLUMNS TWO_COLUMNS
                     "cmp    %[x], %[end_of_4]\n\t"
                     "bne    1b\n"
                     "2:\n\t"
                     "cmp    %[x], %[end]\n\t"
                     "beq    4f\n"
                     "3:\n\t" ONE_COLUMN
                     "cmp    %[x], %[end]\n\t"
                     "bne    3b\n"
                     "4:\n\t"
                     "vldmia %[begin], {s16-s23}\n\t"
                     ADD(0, 16) ADD(1, 17) ADD(2, 18) ADD(3, 19)
                     ADD(4, 20) ADD(5, 21) ADD(6, 22) ADD(7, 23)
                     "vstmia %[sums], {s0-s7}"
                     : [rows] "+r"(rows), [x] "+r"(x)
                     : [zeros] "r"(zeros), [begin] "r"(begin), [sums] "r"(sums), [end_of_4] "r"(end_of_4), [end] "r"(end)
                     : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s16", "s17",
                       "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28",
                       "s29", "s30", "s31", "cc", "memory");
    return rows;
}

#undef MULTIPLY
#undef ADD
#undef TWO_COLUMNS
#undef ONE_COLUMN

#endif
