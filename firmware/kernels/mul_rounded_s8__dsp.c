#include "rescale_s8_dsp.h"

#define PAIR(p, a, b, out)                                                                         \
    do {                                                                                           \
        int32_t a0, b0, a1, b1;                                                                    \
        __asm__ volatile(".balign 4\n\t" /* a load across two words takes a cycle more */         \
                         "ldrsb %[a0], [%[pa]], #1\n\t"                                            \
                         "ldrsb %[b0], [%[pb]], #1\n\t"                                            \
                         "ldrsb %[a1], [%[pa]], #1\n\t"                                            \
                         "ldrsb %[b1], [%[pb]], #1\n\t"                                            \
                         "sub   %[a0], %[a0], %[zero_a]\n\t"                                       \
                         "sub   %[a1], %[a1], %[zero_a]\n\t"                                       \
                         "rsb   %[b0], %[zero_b], %[b0], lsl #1\n\t"                               \
                         "rsb   %[b1], %[zero_b], %[b1], lsl #1\n\t"                               \
                         "mul   %[a0], %[a0], %[b0]\n\t"                                           \
                         "mul   %[a1], %[a1], %[b1]\n\t"                                           \
                         RESCALE_S8("%[a0]", "%[multiplier]", "%[rounding]", "%[shift]", "%[b0]")  \
                         RESCALE_S8("%[a1]", "%[multiplier]", "%[rounding]", "%[shift]", "%[b1]")  \
                         "strb  %[a0], [%[po]], #1\n\t"                                            \
                         "strb  %[a1], [%[po]], #1"                                                \
                         : [a0] "=&r"(a0), [b0] "=&r"(b0), [a1] "=&r"(a1), [b1] "=&r"(b1),         \
                           [pa] "+r"(a), [pb] "+r"(b), [po] "+r"(out)                              \
                         : [zero_a] "r"((int32_t)(p).zero_point_a),                                \
                           [zero_b] "r"(2 * (p).zero_point_b), [multiplier] "r"((p).multiplier),   \
                           [rounding] "r"((p).rounding), [shift] "r"((int32_t)(p).shift)           \
                         : "cc", "memory");                                                        \
    } while (0)
#define FOUR(p, a, b, out)                                                                         \
    do {                                                                                           \
        PAIR(p, a, b, out);                                                                        \
        PAIR(p, a, b, out);                                                                        \
    } while (0)

#include "mul_rounded_s8.inc"
