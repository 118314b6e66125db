#include "tanh.h"

#include "fixed_point.h"

_Static_assert(TANH_S8_CELLS == 1 << 10 && TANH_S8_CELL_BITS == 16, "as SSAT has them");

/* Two elements from `in` to `out`, which move on: x, its cell, the output at its beginning, and
 * one more if x is not below the step in it. */
#define PAIR                                                                                       \
    "ldrsb %[x0], [%[in]], #1\n\t"                                                                 \
    "ldrsb %[x1], [%[in]], #1\n\t"                                                                 \
    "rsb   %[x0], %[zero], %[x0], lsl #23\n\t"                                                     \
    "rsb   %[x1], %[zero], %[x1], lsl #23\n\t"                                                     \
    "smmul %[x0], %[x0], %[multiplier]\n\t"                                                        \
    "smmul %[x1], %[x1], %[multiplier]\n\t"                                                        \
    "ssat  %[y0], #10, %[x0], asr #16\n\t"                                                         \
    "ssat  %[y1], #10, %[x1], asr #16\n\t"                                                         \
    "ldrsb %[y0], [%[cells], %[y0]]\n\t"                                                           \
    "ldrsb %[y1], [%[cells], %[y1]]\n\t"                                                           \
    "ldr   %[s0], [%[steps], %[y0], lsl #2]\n\t"                                                   \
    "ldr   %[s1], [%[steps], %[y1], lsl #2]\n\t"                                                   \
    "sub   %[x0], %[x0], %[s0]\n\t"                                                                \
    "sub   %[x1], %[x1], %[s1]\n\t"                                                                \
    "add   %[y0], #1\n\t"                                                                          \
    "add   %[y1], #1\n\t"                                                                          \
    "add   %[y0], %[y0], %[x0], asr #31\n\t"                                                       \
    "add   %[y1], %[y1], %[x1], asr #31\n\t"                                                       \
    "strb  %[y0], [%[out]], #1\n\t"                                                                \
    "strb  %[y1], [%[out]], #1\n\t"

void tanh_s8(const struct tanh_s8_params *p, const int8_t *in, int8_t *out)
{
    const int32_t multiplier = p->multiplier;
    const int32_t zero = shift_left(p->input_zero_point, 23);
    const int8_t *const cells = p->table->cells + TANH_S8_CELLS / 2;
    const int32_t *const steps = p->table->steps + 128;
    for (const int8_t *const end = in + (p->count & ~1); in != end;) {
        int32_t x0, x1, y0, y1, s0, s1;
        __asm__ volatile(PAIR
                         : [in] "+r"(in), [out] "+r"(out), [x0] "=&r"(x0), [x1] "=&r"(x1),
                           [y0] "=&r"(y0), [y1] "=&r"(y1), [s0] "=&r"(s0), [s1] "=&r"(s1)
                         : [zero] "r"(zero), [multiplier] "r"(multiplier), [cells] "r"(cells),
                           [steps] "r"(steps)
                         : "cc", "memory");
    }
    if (p->count & 1) {
        const int32_t centred = (int32_t)((uint32_t)shift_left(*in, 23) - (uint32_t)zero);
        const int32_t x = (int32_t)(((int64_t)centred * multiplier) >> 32);
        const int32_t y = cells[clamp(x >> TANH_S8_CELL_BITS, -TANH_S8_CELLS / 2,
                                      TANH_S8_CELLS / 2 - 1)];
        *out = (int8_t)(y + (x >= steps[y]));
    }
}
