/* How two vectors are widened side by side (packed_2_vectors_dsp.h): a word of either in turns. */
#ifndef HB_PACKED_WIDEN_2_DSP_H
#define HB_PACKED_WIDEN_2_DSP_H

#include "packed_widen_dsp.h"

/* The columns behind whole fours, and what is 0 beyond them, in `full` columns. */
__attribute__((noinline)) static void packed_widen_2_last(const int8_t *first, const int8_t *second,
                                                          int32_t columns, int32_t full,
                                                          int32_t zero_point, uint32_t *x)
{
    const uint32_t zeros = packed_zeros(zero_point);
    for (; full > 0; columns = 0, full -= 4, x += 4) {
        const uint32_t a = packed_load_last(first, columns, zero_point);
        const uint32_t b = packed_load_last(second, columns, zero_point);
        x[0] = packed_widen_even(a, zeros), x[1] = packed_widen_even(b, zeros);
        x[2] = packed_widen_odd(a, zeros), x[3] = packed_widen_odd(b, zeros);
    }
}

__attribute__((noinline)) static void packed_widen_2(const int8_t *first, const int8_t *second,
                                                     int32_t columns, int32_t zero_point,
                                                     uint32_t *x)
{
    const uint32_t zeros = packed_zeros(zero_point);
    const int32_t rest = columns & 3, full = packed_columns(columns) - (columns - rest);
    uint32_t a, b, t;
    for (const int8_t *const end = first + (columns - rest); first != end;)
        __asm__ volatile("ldr     %[a], [%[first]], #4\n\t"
                         "ldr     %[b], [%[second]], #4\n\t"
                         PACKED_STORE_EVEN("%[a]") PACKED_STORE_EVEN("%[b]")
                         PACKED_STORE_ODD("%[a]") PACKED_STORE_ODD("%[b]")
                         : [first] "+r"(first), [second] "+r"(second), [x] "+r"(x), [a] "=&r"(a),
                           [b] "=&r"(b), [t] "=&r"(t)
                         : [zeros] "r"(zeros)
                         : "memory");
    if (full > 0)
        packed_widen_2_last(first, second, rest, full, zero_point, x);
}

#endif
