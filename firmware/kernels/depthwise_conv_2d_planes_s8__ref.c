/* One channel of a band at a time, as bytes in `scratch`, line by line: four outputs of a row share
 * each tap, and each input of a filter of three columns. */
#include "depthwise_conv_2d_planes.h"

#include <string.h>

#include "rescale_s8.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

enum { COLUMNS = 4, UNSIGNED = 128 }; /* what a byte in scratch has more than the input */

struct channel {
    int32_t lines; /* bytes from one line of a window to the next */
    int32_t filter_h, filter_w;
    const int8_t *taps;
    int32_t next_taps;   /* from one row of them to the next */
    int32_t next_output; /* bytes */
    int32_t stride;
    int32_t offset, multiplier, rounding, shift;
};

/* A channel of the rows of the input from y on, each `line` bytes behind the one before; padding is
 * there already. */
static __attribute__((noinline)) void
load_plane(const struct depthwise_conv_2d_planes_s8_params *p, const int8_t *in, int32_t y,
           int32_t rows, uint8_t *plane)
{
    const struct window *w = &p->window;
    const int32_t line = 2 * p->line_words, next = p->in_column;
    const int32_t room = line - w->pad_w, width = w->in_w < room ? w->in_w : room;
    plane += w->pad_w;
    for (; rows > 0; rows--, y++, plane += line) {
        if (y < 0 || y >= w->in_h)
            continue;
        const int8_t *from = in + y * p->in_row;
        for (int32_t x = 0; x < width; x++, from += next)
            plane[x] = (uint8_t)(*from + UNSIGNED);
    }
}

/* Sums of n windows, up to four, that are `stride` columns apart. */
ALWAYS_INLINE void sum_windows(const struct channel *c, const uint8_t *line, int32_t n,
                               int32_t filter_w, int32_t stride, uint32_t *sums)
{
    const int8_t *row = c->taps;
    const int32_t next_line = c->lines, next_row = c->next_taps;
    uint32_t s[COLUMNS] = {0};
    for (int32_t i = c->filter_h; i > 0; i--, line += next_line, row += next_row)
        for (int32_t j = 0; j < filter_w; j++) {
            const int32_t tap = row[j];
            for (int32_t k = 0; k < n; k++)
                s[k] += (uint32_t)(tap * line[j + k * stride]);
        }
    for (int32_t k = 0; k < n; k++)
        sums[k] = s[k];
}

/* Each has the registers for itself. */
static __attribute__((noinline)) void sum_4_of_3(const struct channel *c, const uint8_t *line,
                                                 uint32_t *sums)
{
    sum_windows(c, line, COLUMNS, 3, 1, sums);
}

static __attribute__((noinline)) void sum_4_of_3_apart(const struct channel *c,
                                                       const uint8_t *line, uint32_t *sums)
{
    sum_windows(c, line, COLUMNS, 3, 2, sums);
}

static __attribute__((noinline)) void sum_4(const struct channel *c, const uint8_t *line,
                                            uint32_t *sums)
{
    sum_windows(c, line, COLUMNS, c->filter_w, c->stride, sums);
}

static __attribute__((noinline)) void sum_1(const struct channel *c, const uint8_t *line,
                                            uint32_t *sums)
{
    if (c->filter_w == 3)
        sum_windows(c, line, 1, 3, 1, sums);
    else
        sum_windows(c, line, 1, c->filter_w, 1, sums);
}

static __attribute__((noinline)) int8_t *finish(const struct channel *c, const uint32_t *sums,
                                                int32_t n, int8_t *out)
{
    const int32_t multiplier = c->multiplier, rounding = c->rounding, shift = c->shift;
    for (; n > 0; n--, out += c->next_output) {
        const int32_t doubled = (int32_t)(2 * *sums++ + (uint32_t)c->offset);
        *out = (int8_t)rescale_s8(doubled, multiplier, rounding, shift);
    }
    return out;
}

/* Three outputs are worth four, the last of which is thrown away. */
static void output_row(const struct channel *c, const uint8_t *line, int32_t left, int8_t *out)
{
    uint32_t sums[COLUMNS];
    for (; left >= COLUMNS - 1; left -= COLUMNS, line += COLUMNS * c->stride) {
        if (c->filter_w == 3 && c->stride == 1)
            sum_4_of_3(c, line, sums);
        else if (c->filter_w == 3 && c->stride == 2)
            sum_4_of_3_apart(c, line, sums);
        else
            sum_4(c, line, sums);
        out = finish(c, sums, left < COLUMNS ? left : COLUMNS, out);
    }
    for (; left > 0; left--, line += c->stride) {
        sum_1(c, line, sums);
        out = finish(c, sums, 1, out);
    }
}

static struct channel channel(const struct depthwise_conv_2d_planes_s8_params *p, int32_t o)
{
    const struct window *w = &p->window;
    const int32_t row = 2 * p->words, size = w->filter_h * row;
    const int8_t *const taps = p->taps + o * size;
    uint32_t offset = (uint32_t)p->offsets[o];
    for (int32_t m = 0; m < size; m++)
        offset -= (uint32_t)(2 * UNSIGNED * taps[m]);
    return (struct channel){
        .lines = w->dilation_h * 2 * p->line_words,
        .filter_h = w->filter_h,
        .filter_w = w->filter_w,
        .taps = taps,
        .next_taps = row,
        .next_output = p->out_column,
        .stride = w->stride_w,
        .offset = (int32_t)offset,
        .multiplier = p->multipliers[o],
        .rounding = (2 * p->output_zero_point + 1) * (1 << (p->shifts[o] - 1)),
        .shift = p->shifts[o],
    };
}

/* `rows` rows of outputs from row y on, of one image. */
static void output_band(const struct depthwise_conv_2d_planes_s8_params *p, const int8_t *in,
                        int32_t y, int32_t rows, int8_t *out, uint8_t *plane)
{
    const struct window *w = &p->window;
    const int32_t count = (rows - 1) * w->stride_h + (w->filter_h - 1) * w->dilation_h + 1;
    const int32_t top = y * w->stride_h - w->pad_h, line = 2 * p->line_words;
    memset(plane, p->input_zero_point + UNSIGNED, (size_t)(count * line));
    for (int32_t i = 0; i < p->in_channels; i++) {
        load_plane(p, in + i, top, count, plane);
        for (int32_t m = 0; m < p->depth_multiplier; m++) {
            const int32_t o = i * p->depth_multiplier + m;
            const struct channel c = channel(p, o);
            for (int32_t r = 0; r < rows; r++)
                output_row(&c, plane + r * w->stride_h * line, w->out_w, out + o + r * p->out_row);
        }
    }
}

#include "depthwise_conv_2d_bands.inc"
