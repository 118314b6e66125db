/* Eight channels of two outputs at a time: VMULLB and VMULLT multiply the even and the odd ones, 12
 * instructions for 16 products. `scratch` has the rows of the input that a band needs, the eight
 * channels of a column side by side as bytes, padding taken in.
 */
#include "depthwise_conv_2d_planes.h"

#include "rescale_s8_mve.h"

enum { LANES = 8, NEAR_TAPS = 64 };

/* What eight channels need. Words are those of the even channels, then those of the odd ones. */
struct lanes {
    int32_t bias[LANES]; /* half of the offsets */
    int32_t multipliers[LANES], rounding[LANES], shifts[LANES];
    uint16_t sources[LANES];        /* channels of the input */
    int8_t taps[NEAR_TAPS * LANES]; /* tap by tap; a part of them where a filter has more */
    int32_t first, last;            /* channels; a last block repeats its last one */
    int is_whole;
};

/* Windows of two outputs. */
struct sums {
    int32x4_t even[2], odd[2];
};

static inline int32_t line_bytes(const struct depthwise_conv_2d_planes_s8_params *p)
{
    return 2 * LANES * p->line_words;
}

static inline int32_t channel_of(const struct lanes *lanes, int32_t lane)
{
    const int32_t channel = lanes->first + lane;
    return channel < lanes->last ? channel : lanes->last;
}

/* n taps of row i of the filter, from column j on. */
static int8_t *load_taps(const struct depthwise_conv_2d_planes_s8_params *p, struct lanes *lanes,
                         int32_t i, int32_t j, int32_t n, int8_t *to)
{
    const int32_t row = 2 * p->words, size = p->window.filter_h * row;
    for (int32_t k = 0; k < LANES; k++) {
        const int8_t *from = p->taps + channel_of(lanes, k) * size + i * row + j;
        for (int32_t m = 0; m < n; m++)
            to[m * LANES + k] = from[m];
    }
    return to + n * LANES;
}

static void load_lanes(const struct depthwise_conv_2d_planes_s8_params *p, int32_t first,
                       struct lanes *to)
{
    const struct window *w = &p->window;
    to->first = first;
    to->last = p->in_channels * p->depth_multiplier - 1;
    to->is_whole = w->filter_h * w->filter_w <= NEAR_TAPS;
    for (int32_t k = 0; k < LANES; k++) {
        const int32_t o = channel_of(to, k), place = (k >> 1) + (k & 1) * (LANES / 2);
        const int32_t shift = p->shifts[o];
        to->bias[place] = p->offsets[o] >> 1;
        to->multipliers[place] = p->multipliers[o];
        to->rounding[place] = (2 * p->output_zero_point + 1) * (1 << (shift - 1));
        to->shifts[place] = -shift;
        to->sources[k] = (uint16_t)(o / p->depth_multiplier);
    }
    int8_t *taps = to->taps;
    for (int32_t i = 0; to->is_whole && i < w->filter_h; i++)
        taps = load_taps(p, to, i, 0, w->filter_w, taps);
}

/* One row of the input, or of padding where that is 0, whose columns begin at -pad_w. */
static void load_line(const struct depthwise_conv_2d_planes_s8_params *p, const int8_t *row,
                      const struct lanes *lanes, int8_t *line)
{
    const int16x8_t padding = vdupq_n_s16(p->input_zero_point);
    const uint16x8_t sources = vldrhq_u16(lanes->sources);
    const int8_t *const end = line + line_bytes(p);
    const int8_t *const first = line + LANES * p->window.pad_w;
    const int32_t room = 2 * p->line_words - p->window.pad_w, width = row ? p->window.in_w : 0;
    for (; line < first && line < end; line += LANES)
        vstrbq_s16(line, padding);
    for (int32_t x = width < room ? width : room; x > 0; x--) {
        vstrbq_s16(line, vldrbq_gather_offset_s16(row, sources));
        line += LANES;
        row += p->in_column;
    }
    for (; line < end; line += LANES)
        vstrbq_s16(line, padding);
}

/* `rows` rows of n taps; `next` bytes from one line of the windows to the next. GCC would keep some
 * of the sums in memory. */
static inline void add_products(struct sums *s, const int8_t *first, const int8_t *second,
                                const int8_t *taps, int32_t rows, int32_t n, int32_t next)
{
    __asm__ volatile("1:\n\t"
                     "dls         lr, %[n]\n"
                     "2:\n\t"
                     "vldrb.s16   q4, [%[taps]], #8\n\t"
                     "vldrb.s16   q5, [%[first]], #8\n\t"
                     "vldrb.s16   q6, [%[second]], #8\n\t"
                     "vmullb.s16  q7, q5, q4\n\t"
                     "vadd.i32    %q[even0], %q[even0], q7\n\t"
                     "vmullt.s16  q7, q5, q4\n\t"
                     "vadd.i32    %q[odd0], %q[odd0], q7\n\t"
                     "vmullb.s16  q7, q6, q4\n\t"
                     "vadd.i32    %q[even1], %q[even1], q7\n\t"
                     "vmullt.s16  q7, q6, q4\n\t"
                     "vadd.i32    %q[odd1], %q[odd1], q7\n\t"
                     "le          lr, 2b\n\t"
                     "add         %[first], %[skip]\n\t"
                     "add         %[second], %[skip]\n\t"
                     "subs        %[rows], #1\n\t"
                     "bne         1b"
                     : [taps] "+r"(taps), [first] "+r"(first), [second] "+r"(second),
                       [rows] "+r"(rows), [even0] "+w"(s->even[0]), [odd0] "+w"(s->odd[0]),
                       [even1] "+w"(s->even[1]), [odd1] "+w"(s->odd[1])
                     : [n] "r"(n), [skip] "r"(next - LANES * n)
                     : "q4", "q5", "q6", "q7", "lr", "cc", "memory");
}

static inline int32x4_t rescaled(int32x4_t sum, const struct lanes *lanes, int32_t place)
{
    const int32x4_t multipliers = vldrwq_s32(lanes->multipliers + place);
    const int32x4_t rounding = vldrwq_s32(lanes->rounding + place);
    const int32x4_t high = rescale_high(vaddq_s32(sum, sum), multipliers);
    return vshlq_s32(vaddq_s32(high, rounding), vldrwq_s32(lanes->shifts + place));
}

static inline void finish(int32x4_t even, int32x4_t odd, const struct lanes *lanes, int8_t *out)
{
    const mve_pred16_t used = vctp16q((uint32_t)(lanes->last + 1 - lanes->first));
    const int32x4_t low = rescaled(even, lanes, 0), high = rescaled(odd, lanes, LANES / 2);
    const int16x8_t halves = vqmovntq_s32(vqmovnbq_s32((int16x8_t)low, low), high);
    vstrbq_p_s16(out, (int16x8_t)vqmovnbq_s16((int8x16_t)halves, halves), used);
}

/* The same where the taps do not fit into `lanes`. */
static __attribute__((noinline)) struct sums
add_many_products(const struct depthwise_conv_2d_planes_s8_params *p, struct lanes *lanes,
                  struct sums s, const int8_t *first, const int8_t *second)
{
    const struct window *w = &p->window;
    for (int32_t i = 0; i < w->filter_h; i++) {
        const int32_t line = i * line_bytes(p) * w->dilation_h;
        for (int32_t j = 0, n; j < w->filter_w; j += n) {
            const int32_t place = line + j * LANES;
            n = w->filter_w - j < NEAR_TAPS ? w->filter_w - j : NEAR_TAPS;
            load_taps(p, lanes, i, j, n, lanes->taps);
            add_products(&s, first + place, second + place, lanes->taps, 1, n, 0);
        }
    }
    return s;
}

/* Where the next output and its window are; those of a row are followed by those of the next one.
 * Distances are in bytes. */
struct place {
    const int8_t *window;
    int8_t *out;
    int32_t step, next_output;
    int32_t next_row, next_output_row; /* from behind a row */
    int32_t columns, left;             /* of a row */
};

static struct place beginning(const struct depthwise_conv_2d_planes_s8_params *p,
                              const int8_t *lines, int8_t *out)
{
    const struct window *w = &p->window;
    const int32_t step = LANES * w->stride_w;
    return (struct place){
        .window = lines,
        .out = out,
        .step = step,
        .next_output = p->out_column,
        .next_row = line_bytes(p) * w->stride_h - step * w->out_w,
        .next_output_row = p->out_row - p->out_column * w->out_w,
        .columns = w->out_w,
        .left = w->out_w,
    };
}

static inline void advance(struct place *place)
{
    place->window += place->step;
    place->out += place->next_output;
    if (--place->left == 0) {
        place->left = place->columns;
        place->window += place->next_row;
        place->out += place->next_output_row;
    }
}

/* n outputs, whose windows are in `lines`. */
static void output_lanes(const struct depthwise_conv_2d_planes_s8_params *p, struct lanes *lanes,
                         const int8_t *lines, int32_t n, int8_t *out)
{
    const struct window w = p->window;
    const int32_t next_line = line_bytes(p) * w.dilation_h;
    struct place place = beginning(p, lines, out);
    for (; n > 0; n -= 2) {
        const struct place first = place;
        if (n > 1)
            advance(&place);
        const struct place second = place;
        const int32x4_t even = vldrwq_s32(lanes->bias), odd = vldrwq_s32(lanes->bias + LANES / 2);
        struct sums s = {{even, even}, {odd, odd}};
        if (lanes->is_whole)
            add_products(&s, first.window, second.window, lanes->taps, w.filter_h, w.filter_w,
                         next_line);
        else
            s = add_many_products(p, lanes, s, first.window, second.window);
        finish(s.even[0], s.odd[0], lanes, first.out);
        if (n > 1)
            finish(s.even[1], s.odd[1], lanes, second.out);
        advance(&place);
    }
}

/* `rows` rows of outputs from row y on, of one image. */
static void output_band(const struct depthwise_conv_2d_planes_s8_params *p, const int8_t *in,
                        int32_t y, int32_t rows, int8_t *out, int8_t *lines)
{
    const struct window *w = &p->window;
    const int32_t channels = p->in_channels * p->depth_multiplier;
    const int32_t size = line_bytes(p), top = y * w->stride_h - w->pad_h;
    const int32_t count = (rows - 1) * w->stride_h + (w->filter_h - 1) * w->dilation_h + 1;
    struct lanes lanes;
    for (int32_t first = 0; first < channels; first += LANES) {
        load_lanes(p, first, &lanes);
        for (int32_t i = 0; i < count; i++) {
            const int is_inside = top + i >= 0 && top + i < w->in_h;
            const int8_t *row = is_inside ? in + (top + i) * p->in_row : 0;
            load_line(p, row, &lanes, lines + i * size);
        }
        output_lanes(p, &lanes, lines, rows * w->out_w, out + first);
    }
}

#include "depthwise_conv_2d_bands.inc"
