/* eight_rows() and eight_rows_of_two() of rows_f32.h, with the same sums, for an FPU that has s0 to s31.
 *
 * GCC loads one weight at a time, two cycles each, where one VLDM loads sixteen in 17; eight inputs
 * fill the other eight registers. A VMUL's product is added two instructions later, when it is
 * there; VMLA would wait for itself.
 */
#ifndef HB_ROWS_F32_VFP_H
#define HB_ROWS_F32_VFP_H

#include <stdbool.h>
#include <stdint.h>

enum { ROWS_F32 = 8 };

/* Of the bits of a float: its exponent is below the greatest. */
static inline bool is_finite(uint32_t bits)
{
    return bits << 1 < 0xff000000u;
}

#define MULTIPLY(w, x) "vmul.f32 s" #w ", s" #w ", s" #x "\n\t"
#define ADD(sum, w) "vadd.f32 s" #sum ", s" #sum ", s" #w "\n\t"
#define ZERO(sum) "vmov s" #sum ", %[zero]\n\t"
/* The inputs are in s<a> and s<b>. */
#define TWO_COLUMNS(a, b)                                                                          \
    "vldmia %[rows]!, {s16-s31}\n\t"                                                               \
    MULTIPLY(16, a) MULTIPLY(17, a)                                                                \
    MULTIPLY(18, a) ADD(0, 16) MULTIPLY(19, a) ADD(1, 17)                                          \
    MULTIPLY(20, a) ADD(2, 18) MULTIPLY(21, a) ADD(3, 19)                                          \
    MULTIPLY(22, a) ADD(4, 20) MULTIPLY(23, a) ADD(5, 21)                                          \
    MULTIPLY(24, b) ADD(6, 22) MULTIPLY(25, b) ADD(7, 23)                                          \
    MULTIPLY(26, b) ADD(0, 24) MULTIPLY(27, b) ADD(1, 25)                                          \
    MULTIPLY(28, b) ADD(2, 26) MULTIPLY(29, b) ADD(3, 27)                                          \
    MULTIPLY(30, b) ADD(4, 28) MULTIPLY(31, b) ADD(5, 29)                                          \
    ADD(6, 30) ADD(7, 31)

#define ONE_COLUMN                                                                                 \
    "vldmia %[rows]!, {s16-s23}\n\t"                                                               \
    "vldmia %[x]!, {s8}\n\t"                                                                       \
    MULTIPLY(16, 8) MULTIPLY(17, 8)                                                                \
    MULTIPLY(18, 8) ADD(0, 16) MULTIPLY(19, 8) ADD(1, 17)                                          \
    MULTIPLY(20, 8) ADD(2, 18) MULTIPLY(21, 8) ADD(3, 19)                                          \
    MULTIPLY(22, 8) ADD(4, 20) MULTIPLY(23, 8) ADD(5, 21)                                          \
    ADD(6, 22) ADD(7, 23)

/* Zeros come from a core register: a line of flash for them would cost six cycles a read. */
static inline __attribute__((always_inline)) const float *
eight_rows(const float *rows, const float *x, int32_t columns, const float *begin, float *sums,
           bool *finite)
{
    uint32_t of_all;
    const float *const end = x + columns, *const end_of_8 = x + (columns & ~7);
    __asm__ volatile(ZERO(0) ZERO(1) ZERO(2) ZERO(3) ZERO(4) ZERO(5) ZERO(6) ZERO(7)
                     "cmp    %[x], %[end_of_8]\n\t"
                     "beq    2f\n\t"
                     ".balign 4\n" /* no instruction lies across two words */
                     "1:\n\t"
                     "vldmia %[x]!, {s8-s15}\n\t"
                     TWO_COLUMNS(8, 9) TWO_COLUMNS(10, 11) TWO_COLUMNS(12, 13) TWO_COLUMNS(14, 15)
                     "cmp    %[x], %[end_of_8]\n\t"
                     "bne    1b\n"
                     "2:\n\t"
                     "cmp    %[x], %[end]\n\t"
                     "beq    4f\n\t"
                     ".balign 4\n"
                     "3:\n\t" ONE_COLUMN
                     "cmp    %[x], %[end]\n\t"
                     "bne    3b\n"
                     "4:\n\t"
                     "vldmia %[begin], {s16-s23}\n\t"
                     ADD(0, 16) ADD(1, 17) ADD(2, 18) ADD(3, 19)
                     ADD(4, 20) ADD(5, 21) ADD(6, 22) ADD(7, 23)
                     "vstmia %[sums], {s0-s7}\n\t"
                     ADD(0, 1) ADD(2, 3) ADD(4, 5) ADD(6, 7) ADD(0, 2) ADD(4, 6) ADD(0, 4)
                     "vmov   %[of_all], s0"
                     : [rows] "+&r"(rows), [x] "+&r"(x), [of_all] "=&r"(of_all)
                     : [zero] "r"(0), [begin] "r"(begin), [sums] "r"(sums),
                       [end_of_8] "r"(end_of_8), [end] "r"(end)
                     : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11",
                       "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22",
                       "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30", "s31", "cc",
                       "memory");
    *finite = is_finite(of_all);
    return rows;
}

/* A weight in s<w> times the inputs in s<a> and s<b>, into s<product> and itself. */
#define TWO_PRODUCTS(product, w, a, b)                                                             \
    "vmul.f32 s" #product ", s" #w ", s" #a "\n\t"                                                 \
    "vmul.f32 s" #w ", s" #w ", s" #b "\n\t"
#define COLUMN_OF_BOTH(a, b)                                                                       \
    "vldmia %[rows]!, {s16-s23}\n\t"                                                               \
    TWO_PRODUCTS(28, 16, a, b) TWO_PRODUCTS(29, 17, a, b) ADD(0, 28) ADD(8, 16)                    \
    TWO_PRODUCTS(30, 18, a, b) ADD(1, 29) ADD(9, 17)                                               \
    TWO_PRODUCTS(31, 19, a, b) ADD(2, 30) ADD(10, 18)                                              \
    TWO_PRODUCTS(28, 20, a, b) ADD(3, 31) ADD(11, 19)                                              \
    TWO_PRODUCTS(29, 21, a, b) ADD(4, 28) ADD(12, 20)                                              \
    TWO_PRODUCTS(30, 22, a, b) ADD(5, 29) ADD(13, 21)                                              \
    TWO_PRODUCTS(31, 23, a, b) ADD(6, 30) ADD(14, 22)                                              \
    ADD(7, 31) ADD(15, 23)

static inline __attribute__((always_inline)) const float *
eight_rows_of_two(const float *rows, const float *x, const float *x2, int32_t columns,
                  const float *begin, float *sums, float *sums2, bool *finite)
{
    uint32_t of_all;
    const float *const end = x + columns;
    __asm__ volatile(ZERO(0) ZERO(1) ZERO(2) ZERO(3) ZERO(4) ZERO(5) ZERO(6) ZERO(7)
                     ZERO(8) ZERO(9) ZERO(10) ZERO(11) ZERO(12) ZERO(13) ZERO(14) ZERO(15)
                     "cmp    %[x], %[end]\n\t"
                     "beq    3f\n\t"
                     "tst    %[columns], #1\n\t" /* the first of an odd number is half a loop */
                     "beq    1f\n\t"
                     "vldmia %[x]!, {s25}\n\t"
                     "vldmia %[x2]!, {s27}\n\t"
                     "b      2f\n\t"
                     ".balign 4\n"
                     "1:\n\t"
                     "vldmia %[x]!, {s24-s25}\n\t"
                     "vldmia %[x2]!, {s26-s27}\n\t"
                     COLUMN_OF_BOTH(24, 26)
                     "2:\n\t"
                     COLUMN_OF_BOTH(25, 27)
                     "cmp    %[x], %[end]\n\t"
                     "bne    1b\n"
                     "3:\n\t"
                     "vldmia %[begin], {s16-s23}\n\t"
                     ADD(0, 16) ADD(1, 17) ADD(2, 18) ADD(3, 19)
                     ADD(4, 20) ADD(5, 21) ADD(6, 22) ADD(7, 23)
                     ADD(8, 16) ADD(9, 17) ADD(10, 18) ADD(11, 19)
                     ADD(12, 20) ADD(13, 21) ADD(14, 22) ADD(15, 23)
                     "vstmia %[sums], {s0-s7}\n\t"
                     "vstmia %[sums2], {s8-s15}\n\t"
                     ADD(0, 8) ADD(1, 9) ADD(2, 10) ADD(3, 11)
                     ADD(4, 12) ADD(5, 13) ADD(6, 14) ADD(7, 15)
                     ADD(0, 1) ADD(2, 3) ADD(4, 5) ADD(6, 7) ADD(0, 2) ADD(4, 6) ADD(0, 4)
                     "vmov   %[of_all], s0"
                     : [rows] "+&r"(rows), [x] "+&r"(x), [x2] "+&r"(x2), [of_all] "=&r"(of_all)
                     : [zero] "r"(0), [begin] "r"(begin), [sums] "r"(sums), [sums2] "r"(sums2),
                       [columns] "r"(columns), [end] "r"(end)
                     : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11",
                       "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22",
                       "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30", "s31", "cc",
                       "memory");
    *finite = is_finite(of_all);
    return rows;
}

#undef MULTIPLY
#undef ADD
#undef ZERO
#undef TWO_PRODUCTS
#undef COLUMN_OF_BOTH
#undef TWO_COLUMNS
#undef ONE_COLUMN

#endif
