#include "tanh.h"

/* (value * 2^23 - zero) * multiplier / 2^32, in units of 2^-23. */
static inline int32_t argument(int32_t value, int32_t zero, int32_t multiplier)
{
    int32_t x;
    __asm__("rsb   %0, %2, %1, lsl #23\n\t"
            "smmul %0, %0, %3"
            : "=&r"(x)
            : "r"(value), "r"(zero), "r"(multiplier));
    return x;
}

/* The cell that x is in, or the first or last one. */
static inline int32_t cell_of(int32_t x)
{
    int32_t cell;
    _Static_assert(TANH_S8_CELLS == 1 << 10, "SSAT to 10 bits");
    __asm__("ssat %0, #10, %1, asr %2" : "=r"(cell) : "r"(x), "i"(TANH_S8_CELL_BITS) : "cc");
    return cell;
}

void tanh_s8(const struct tanh_s8_params *params, const int8_t *in, int8_t *out)
{
    const struct tanh_s8_params p = *params; /* which stores to out cannot change */
    const int32_t *const steps = p.table->steps + 128;
    const int8_t *const cells = p.table->cells + TANH_S8_CELLS / 2;
    const int32_t zero = (int32_t)((uint32_t)p.input_zero_point << 23);
    int32_t i = 0;
    for (; i + 2 <= p.count; i += 2) { /* two at a time: loads are pipelined */
        const int32_t x0 = argument(in[i], zero, p.multiplier);
        const int32_t x1 = argument(in[i + 1], zero, p.multiplier);
        const int32_t y0 = cells[cell_of(x0)], y1 = cells[cell_of(x1)];
        const int32_t step0 = steps[y0], step1 = steps[y1];
        out[i] = (int8_t)(y0 + 1 + ((x0 - step0) >> 31));
        out[i + 1] = (int8_t)(y1 + 1 + ((x1 - step1) >> 31));
    }
    for (; i < p.count; i++) {
        const int32_t x = argument(in[i], zero, p.multiplier);
        const int32_t y = cells[cell_of(x)];
        out[i] = (int8_t)(y + 1 + ((x - steps[y]) >> 31));
    }
}
