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

static inline int32_t multiply_pairs(uint32_t a, uint32_t b, int32_t sum)
{
    int32_t result;
    __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

/* sum + the products of four weights with the inputs that even and odd hold. */
static inline int32_t multiply_4(const int8_t *weights, uint32_t even, uint32_t odd, int32_t sum)
{
    const uint32_t word = load_4(weights);
    return multiply_pairs(odd, odd_bytes(word), multiply_pairs(even, even_bytes(word), sum));
}

static inline int32_t dot(const int8_t *restrict row, const int8_t *restrict in, int32_t columns)
{
    int32_t sum = 0, c = 0;
    for (; c + 4 <= columns; c += 4) {
        const uint32_t word = load_4(in + c);
        sum = multiply_4(row + c, even_bytes(word), odd_bytes(word), sum);
    }
    for (; c < columns; c++)
        sum += in[c] * row[c];
    return sum;
}

/* sums[k] = dot(rows + k * columns, in)
 *
 * 25 instructions for 16 products. Two of the four rows are reached by an offset: with a pointer
 * for each GCC runs out of registers and spends five more on the stack. */
static inline void dot_4(const int8_t *rows, const int8_t *in, int32_t columns, int32_t sums[4])
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
    for (int32_t c = 0; c < (columns & 3); c++) {
        const int32_t x = in[c];
        sum0 += x * rows[c];
        sum1 += x * row1[c];
        sum2 += x * rows[c + two_rows];
        sum3 += x * row1[c + two_rows];
    }
    sums[0] = sum0, sums[1] = sum1, sums[2] = sum2, sums[3] = sum3;
}

/* products[k] = dot(rows + k * columns, in) for 0 <= k < n */
static inline void dot_rows(const int8_t *rows, const int8_t *in, int32_t columns, int32_t n,
                            int32_t *products)
{
    int32_t k = 0;
    for (; k + 4 <= n; k += 4, rows += 4 * columns)
        dot_4(rows, in, columns, products + k);
    for (; k < n; k++, rows += columns)
        products[k] = dot(rows, in, columns);
}

#endif
