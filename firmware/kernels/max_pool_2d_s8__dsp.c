#include "max_pool_2d.h"

#include "dot_dsp.h"

/* SSUB8 compares the bytes of two words, SEL takes the larger or the smaller ones. */
static inline uint32_t larger_bytes(uint32_t a, uint32_t b)
{
    uint32_t larger;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(larger) : "r"(a), "r"(b) : "cc");
    return larger;
}

static inline uint32_t smaller_bytes(uint32_t a, uint32_t b)
{
    uint32_t smaller;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %2, %1" : "=&r"(smaller) : "r"(a), "r"(b) : "cc");
    return smaller;
}

/* Channels in fours from `first` on. */
static inline __attribute__((always_inline)) void
fours_from(int32_t first, const struct max_pool_2d_s8_params *p, const int8_t *in,
           struct window_span rows, struct window_span columns, int8_t *out)
{
    const int32_t channels = p->channels, next_row = p->window.in_w * channels;
    const int32_t corner = (rows.origin + rows.begin) * p->window.in_w + columns.origin;
    const uint32_t min = (uint8_t)p->min * 0x01010101u, max = (uint8_t)p->max * 0x01010101u;
    in += (corner + columns.begin) * channels;
    for (int32_t c = first; c + 4 <= channels; c += 4) {
        const int8_t *row = in + c;
        uint32_t largest = min;
        for (int32_t i = rows.begin; i < rows.end; i++, row += next_row) {
            const int8_t *pixel = row;
            for (int32_t j = columns.begin; j < columns.end; j++, pixel += channels)
                largest = larger_bytes(load_4(pixel), largest);
        }
        largest = smaller_bytes(largest, max);
        memcpy(out + c, &largest, sizeof largest);
    }
}

/* The last four channels may be some of those before once more. */
static int32_t whole_fours(const struct max_pool_2d_s8_params *p, const int8_t *in,
                           struct window_span rows, struct window_span columns, int8_t *out)
{
    if (p->channels < 4)
        return 0;
    fours_from(0, p, in, rows, columns, out);
    if (p->channels % 4 != 0)
        fours_from(p->channels - 4, p, in, rows, columns, out);
    return p->channels;
}

#define KERNEL max_pool_2d_s8
#define PARAMS struct max_pool_2d_s8_params
#define TYPE int8_t
#define LEAST INT8_MIN
#define WHOLE_FOURS whole_fours
#include "max_pool_2d.inc"
