#include "weighted_sum.h"

#include "narrow_dsp.h"

static inline int8_t element(const struct weighted_sum_narrow_s8_params *p, int8_t a, int8_t b)
{
    return narrow(a * p->weight_a + (b * p->weight_b + p->offset));
}

#define PAIR(p, a, b, out)                                                                         \
    do {                                                                                           \
        int32_t a0, b0, a1, b1;                                                                    \
        __asm__ volatile("ldrsb %[a0], [%[pa]], #1\n\t"                                            \
                         "ldrsb %[b0], [%[pb]], #1\n\t"                                            \
                         "ldrsb %[a1], [%[pa]], #1\n\t"                                            \
                         "ldrsb %[b1], [%[pb]], #1\n\t"                                            \
                         "mla   %[a0], %[a0], %[weight_a], %[offset]\n\t"                          \
                         "mla   %[a1], %[a1], %[weight_a], %[offset]\n\t"                          \
                         "mla   %[a0], %[b0], %[weight_b], %[a0]\n\t"                              \
                         "mla   %[a1], %[b1], %[weight_b], %[a1]\n\t"                              \
                         "ssat  %[a0], #8, %[a0], asr #22\n\t"                                     \
                         "ssat  %[a1], #8, %[a1], asr #22\n\t"                                     \
                         "strb  %[a0], [%[po]], #1\n\t"                                            \
                         "strb  %[a1], [%[po]], #1"                                                \
                         : [a0] "=&r"(a0), [b0] "=&r"(b0), [a1] "=&r"(a1), [b1] "=&r"(b1),         \
                           [pa] "+r"(a), [pb] "+r"(b), [po] "+r"(out)                              \
                         : [weight_a] "r"((p).weight_a), [weight_b] "r"((p).weight_b),             \
                           [offset] "r"((p).offset)                                                \
                         : "cc", "memory");                                                        \
    } while (0)
#define FOUR(p, a, b, out)                                                                         \
    do {                                                                                           \
        PAIR(p, a, b, out);                                                                        \
        PAIR(p, a, b, out);                                                                        \
    } while (0)

#define OPERATOR weighted_sum_narrow_s8
#define TYPE int8_t
#include "elementwise.inc"
