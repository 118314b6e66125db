/* dot.h for the DSP extension of Armv7E-M and Armv8-M: SMLAD adds two 16-bit products.
 *
 * SXTB16 makes 16-bit pairs of the bytes 0 and 2 of a word, and of 1 and 3 when it rotates.
 * GCC does not merge a shift into its __sxtb16, hence the assembly.
 */
#ifndef HB_DOT_DSP_H
#define HB_DOT_DSP_H

#include <stdint.h>
#include <string.h>

static inline uint32_t load_4(const int8_t *p)
{
    uint32_t word;
    memcpy(&word, p, sizeof word); /* one LDR, which need not be aligned */
    return word;
}

static inline uint32_t even_bytes(uint32_t word)
{
    uint32_t pair;
    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(word));
    return pair;
}

static inline uint32_t odd_bytes(uint32_t word)
{
    uint32_t pair;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(word));
    return pair;
}

static inline uint32_t low_halves(uint32_t first, uint32_t second)
{
    uint32_t pair;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(pair) : "r"(first), "r"(second));
    return pair;
}

static inline uint32_t high_halves(uint32_t first, uint32_t second)
{
    uint32_t pair;
    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(pair) : "r"(second), "r"(first));
    return pair;
}

static inline int32_t multiply_pairs(uint32_t a, uint32_t b, int32_t sum)
{
    int32_t result;
    __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

/* The dot product of the whole words of one row. */
static inline int32_t dot_words(const int8_t *row, const int8_t *in, int32_t columns)
{
    int32_t sum = 0;
    for (int32_t c = 0; c + 4 <= columns; c += 4) {
        const uint32_t a = load_4(in + c), b = load_4(row + c);
        sum = multiply_pairs(even_bytes(a), even_bytes(b), sum);
        sum = multiply_pairs(odd_bytes(a), odd_bytes(b), sum);
    }
    return sum;
}

/* The same of four rows: 25 instructions for 16 products. Two of the rows are reached by an
 * offset: with a pointer for each GCC runs out of registers and spends five more on the stack. */
static inline void dot_words_4(const int8_t *rows, const int8_t *in, int32_t columns,
                               int32_t sums[4])
{
    const int8_t *row1 = rows + columns;
    const int32_t two_rows = 2 * columns;
    const int8_t *const end = in + (columns & ~3);
    int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    while (in != end) {
        uint32_t even, odd, word, pair;
        __asm__ volatile("ldr    %[odd], [%[in]], #4\n\t"
                         "ldr    %[word], [%[row0], %[two_rows]]\n\t"
                         "sxtb16 %[even], %[odd]\n\t"
                         "sxtb16 %[odd], %[odd], ror #8\n\t"
                         "sxtb16 %[pair], %[word]\n\t"
                         "sxtb16 %[word], %[word], ror #8\n\t"
                         "smlad  %[sum2], %[even], %[pair], %[sum2]\n\t"
                         "smlad  %[sum2], %[odd], %[word], %[sum2]\n\t"
                         "ldr    %[word], [%[row0]], #4\n\t"
                         "sxtb16 %[pair], %[word]\n\t"
                         "sxtb16 %[word], %[word], ror #8\n\t"
                         "smlad  %[sum0], %[even], %[pair], %[sum0]\n\t"
                         "smlad  %[sum0], %[odd], %[word], %[sum0]\n\t"
                         "ldr    %[word], [%[row1], %[two_rows]]\n\t"
                         "sxtb16 %[pair], %[word]\n\t"
                         "sxtb16 %[word], %[word], ror #8\n\t"
                         "smlad  %[sum3], %[even], %[pair], %[sum3]\n\t"
                         "smlad  %[sum3], %[odd], %[word], %[sum3]\n\t"
                         "ldr    %[word], [%[row1]], #4\n\t"
                         "sxtb16 %[pair], %[word]\n\t"
                         "sxtb16 %[word], %[word], ror #8\n\t"
                         "smlad  %[sum1], %[even], %[pair], %[sum1]\n\t"
                         "smlad  %[sum1], %[odd], %[word], %[sum1]"
                         : [in] "+r"(in), [row0] "+r"(rows), [row1] "+r"(row1),
                           [sum0] "+r"(sum0), [sum1] "+r"(sum1), [sum2] "+r"(sum2),
                           [sum3] "+r"(sum3), [even] "=&r"(even), [odd] "=&r"(odd),
                           [word] "=&r"(word), [pair] "=&r"(pair)
                         : [two_rows] "r"(two_rows)
                         : "memory");
    }
    sums[0] = sum0, sums[1] = sum1, sums[2] = sum2, sums[3] = sum3;
}

/* products[k] = dot product of in and the k-th row, 0 <= k < n */
static inline void dot_rows(const int8_t *rows, const int8_t *in, int32_t columns, int32_t n,
                            int32_t *products)
{
    int32_t k = 0;
    for (; k + 4 <= n; k += 4)
        dot_words_4(rows + k * columns, in, columns, products + k);
    for (; k < n; k++)
        products[k] = dot_words(rows + k * columns, in, columns);
    for (int32_t c = columns & ~3; c < columns; c++)
        for (k = 0; k < n; k++)
            products[k] += in[c] * rows[k * columns + c];
}

#endif
