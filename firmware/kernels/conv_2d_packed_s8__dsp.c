#include "conv_2d_packed.h"

#include "dot_dsp.h"
#include "packed_2_vectors_dsp.h"
#include "rescale_s8_dsp.h"

/* n bytes, which are fours, as halfwords of a window; returns what is behind. In assembly, as two
 * loads in a row take three cycles, apart they take four. */
static uint32_t *widen(const int8_t *in, int32_t n, uint32_t *to)
{
    uint32_t a, b, t;
    for (; n >= 8; n -= 8)
        __asm__ volatile("ldr    %[a], [%[in]], #4\n\t"
                         "ldr    %[b], [%[in]], #4\n\t"
                         "sxtb16 %[t], %[a]\n\t"
                         "str    %[t], [%[to]], #8\n\t"
                         "sxtb16 %[t], %[a], ror #8\n\t"
                         "str    %[t], [%[to]], #8\n\t"
                         "sxtb16 %[t], %[b]\n\t"
                         "str    %[t], [%[to]], #8\n\t"
                         "sxtb16 %[t], %[b], ror #8\n\t"
                         "str    %[t], [%[to]], #8"
                         : [in] "+r"(in), [to] "+r"(to), [a] "=&r"(a), [b] "=&r"(b), [t] "=&r"(t)
                         :
                         : "memory");
    if (n) {
        const uint32_t word = load_4(in);
        to[0] = even_bytes(word), to[2] = odd_bytes(word);
        to += 4;
    }
    return to;
}

/* n halfwords, which are twos, as words of a window; returns what is behind. */
static uint32_t *put_pairs(const int16_t *from, int32_t n, uint32_t *to)
{
    uint32_t a, b, c, d;
    for (; n >= 8; n -= 8)
        __asm__ volatile("ldr    %[a], [%[from]], #4\n\t"
                         "ldr    %[b], [%[from]], #4\n\t"
                         "ldr    %[c], [%[from]], #4\n\t"
                         "ldr    %[d], [%[from]], #4\n\t"
                         "str    %[a], [%[to]], #8\n\t"
                         "str    %[b], [%[to]], #8\n\t"
                         "str    %[c], [%[to]], #8\n\t"
                         "str    %[d], [%[to]], #8"
                         : [from] "+r"(from), [to] "+r"(to), [a] "=&r"(a), [b] "=&r"(b),
                           [c] "=&r"(c), [d] "=&r"(d)
                         :
                         : "memory");
    for (; n > 0; n -= 2, from += 2, to += 2)
        memcpy(to, from, 4);
    return to;
}

#include "conv_2d_packed_s8.inc"

/* Each row has a scale of its own, in the block. SMMLAR needs a sum doubled. */
#define OUTPUT(sum)                                                                                \
    "lsl    " sum ", " sum ", #1\n\t"                                                              \
    RESCALE_S8(sum, "r2", "r3", "r4", "r5")
#define OUTPUTS(first, second, out)                                                                \
    "ldmia  r0!, {r2-r4}\n\t"                                                                      \
    OUTPUT(first)                                                                                  \
    OUTPUT(second)                                                                                 \
    "strb   " first ", [r1], #1\n\t"                                                               \
    out                                                                                            \
    "strb   " second ", [r6], #1\n\t"

void rows_by_2_windows(const struct work *work);
ASSEMBLY_FUNCTION(rows_by_2_windows, PACKED_2_VECTORS(6, PACKED_2_BY_ROW, ""));

static inline void product(struct work work)
{
    rows_by_2_windows(&work);
}
