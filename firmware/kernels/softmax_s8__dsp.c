/* Four inputs are loaded at a time. The loops are in assembly so that loads of the table come in a row,
 * which costs a cycle each instead of two. */
#include "softmax.h"

#include "softmax_s8.inc"

/* SSUB8 compares four bytes, SEL takes the larger ones. */
static int32_t row_max(const int8_t *in, int32_t n)
{
    uint32_t largest = 0x80808080, word, t;
    for (; n >= 8; n -= 8)
        __asm__ volatile("ldr    %[word], [%[in]], #4\n\t"
                         "ssub8  %[t], %[word], %[largest]\n\t"
                         "sel    %[largest], %[word], %[largest]\n\t"
                         "ldr    %[word], [%[in]], #4\n\t"
                         "ssub8  %[t], %[word], %[largest]\n\t"
                         "sel    %[largest], %[word], %[largest]"
                         : [in] "+r"(in), [largest] "+r"(largest), [word] "=&r"(word), [t] "=&r"(t)
                         :
                         : "memory", "cc");
    int8_t bytes[4];
    memcpy(bytes, &largest, sizeof bytes);
    const int32_t of_words = max_of(bytes, 4), of_rest = max_of(in, n);
    return of_words > of_rest ? of_words : of_rest;
}

/* Where the exponential of 0 would lie: not in the table unless 0 is among the inputs. */
static const int32_t *exp_of_zero(const int32_t *exps, int32_t zero)
{
    return (const int32_t *)((uintptr_t)exps + 4 * (uintptr_t)zero);
}

/* The exponentials of four inputs. */
#define EXPS                                                                                       \
    "ldr    %[d], [%[in]], #4\n\t"                                                                 \
    "sxtb   %[a], %[d]\n\t"                                                                        \
    "sxtb   %[b], %[d], ror #8\n\t"                                                                \
    "sxtb   %[c], %[d], ror #16\n\t"                                                               \
    "asr    %[d], %[d], #24\n\t"                                                                   \
    "ldr    %[a], [%[exps], %[a], lsl #2]\n\t"                                                     \
    "ldr    %[b], [%[exps], %[b], lsl #2]\n\t"                                                     \
    "ldr    %[c], [%[exps], %[c], lsl #2]\n\t"                                                     \
    "ldr    %[d], [%[exps], %[d], lsl #2]\n\t"

#define ADD_EXP(exp)                                                                               \
    "add    " exp ", %[half]\n\t"                                                                  \
    "add    %[sum], %[sum], " exp ", lsr %[shift]\n\t"

static uint32_t row_sum(const int32_t *exps, int32_t zero, const int8_t *in, int32_t n)
{
    const uint32_t half = 1u << (SUM_SHIFT - 1);
    uint32_t sum = 0, a, b, c, d;
    for (; n >= 4; n -= 4)
        __asm__ volatile(EXPS ADD_EXP("%[a]") ADD_EXP("%[b]") ADD_EXP("%[c]") ADD_EXP("%[d]")
                         : [in] "+r"(in), [sum] "+r"(sum), [a] "=&r"(a), [b] "=&r"(b),
                           [c] "=&r"(c), [d] "=&r"(d)
                         : [exps] "r"(exp_of_zero(exps, zero)), [half] "r"(half), [shift] "I"(SUM_SHIFT)
                         : "memory");
    return sum + sum_of(exps, zero, in, n);
}

/* As a factor of SMMLAR 2 * scale is negative, by 2^32: what is missing is the other factor. */
#define SHARE(exp)                                                                                 \
    "smmlar " exp ", " exp ", %[scale], " exp "\n\t"                                               \
    "add    " exp ", %[half]\n\t"                                                                  \
    "lsr    " exp ", %[shift]\n\t"                                                                 \
    "usat   " exp ", #8, " exp "\n\t"

static void shares(const int32_t *exps, int32_t zero, const int8_t *in, int32_t n, uint32_t scale,
                   int32_t shift, int8_t *out)
{
    const uint32_t half = 1u << (shift - 1);
    uint32_t a, b, c, d;
    for (; n >= 4; n -= 4)
        __asm__ volatile(EXPS SHARE("%[a]") SHARE("%[b]") SHARE("%[c]") SHARE("%[d]")
                         "orr    %[a], %[a], %[b], lsl #8\n\t"
                         "orr    %[c], %[c], %[d], lsl #8\n\t"
                         "orr    %[a], %[a], %[c], lsl #16\n\t"
                         "eor    %[a], %[a], #0x80808080\n\t"
                         "str    %[a], [%[out]], #4"
                         : [in] "+r"(in), [out] "+r"(out), [a] "=&r"(a), [b] "=&r"(b),
                           [c] "=&r"(c), [d] "=&r"(d)
                         : [exps] "r"(exp_of_zero(exps, zero)), [scale] "r"(2 * scale), [half] "r"(half),
                           [shift] "r"(shift)
                         : "memory");
    for (; n > 0; n--)
        *out++ = share(exps[zero + *in++], scale, shift);
}
