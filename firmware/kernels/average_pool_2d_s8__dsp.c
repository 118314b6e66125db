#include "average_pool_2d.h"

#include "average.h"
#include "dot_dsp.h"

enum { MOST_PIXELS = 255 }; /* whose sum is a halfword */

/* SXTAB16 adds bytes 0 and 2 of a word to the halfwords of another one, or 1 and 3. */
static inline void add_bytes(uint32_t word, uint32_t *even, uint32_t *odd)
{
    __asm__("sxtab16 %0, %0, %2\n\tsxtab16 %1, %1, %2, ror #8"
            : "+r"(*even), "+r"(*odd)
            : "r"(word));
}

/* Channels in fours from `first` on. */
static inline __attribute__((always_inline)) void
fours_from(int32_t first, const struct average_pool_2d_s8_params *p, const int8_t *in,
           struct window_span rows, struct window_span columns, int8_t *out)
{
    const int32_t channels = p->channels, next_row = p->window.in_w * channels;
    const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
    const int32_t corner = (rows.origin + rows.begin) * p->window.in_w + columns.origin;
    in += (corner + columns.begin) * channels;
    for (int32_t c = first; c + 4 <= channels; c += 4) {
        const int8_t *row = in + c;
        uint32_t even = 0, odd = 0;
        for (int32_t i = rows.begin; i < rows.end; i++, row += next_row) {
            const int8_t *pixel = row;
            for (int32_t j = columns.begin; j < columns.end; j++, pixel += channels)
                add_bytes(load_4(pixel), &even, &odd);
        }
        for (int32_t k = 0; k < 4; k += 2, even >>= 16, odd >>= 16) {
            out[c + k] = (int8_t)clamp(average((int16_t)even, count), p->min, p->max);
            out[c + k + 1] = (int8_t)clamp(average((int16_t)odd, count), p->min, p->max);
        }
    }
}

/* The last four channels may be some of those before once more. */
static int32_t whole_fours(const struct average_pool_2d_s8_params *p, const int8_t *in,
                           struct window_span rows, struct window_span columns, int8_t *out)
{
    const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
    if (p->channels < 4 || count > MOST_PIXELS)
        return 0;
    fours_from(0, p, in, rows, columns, out);
    if (p->channels % 4 != 0)
        fours_from(p->channels - 4, p, in, rows, columns, out);
    return p->channels;
}

#define KERNEL average_pool_2d_s8
#define PARAMS struct average_pool_2d_s8_params
#define TYPE int8_t
#define WHOLE_FOURS whole_fours
#include "average_pool_2d.inc"
