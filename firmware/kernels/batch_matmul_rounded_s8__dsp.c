#include "batch_matmul.h"
#include "packed_dsp.h"
#include "rescale_s8_dsp.h"

#include "batch_matmul_rounded_s8.inc"

/* A row of a: widened and doubled up to `end`, a whole four, in the order of columns 0 2 1 3, and as it
 * came in. */
struct row {
    const uint32_t *x, *end;
    const int8_t *in;
    int32_t zeros; /* what b's zero point takes from each sum */
};

/* The element in two rows of b of four columns that lie side by side: SXTB16 takes those of columns 0
 * and 2, or 1 and 3, out of the words of both, and PKH makes a pair for each column. */
#define TWO_ROWS                                                                                   \
    "ldr    %[x], [%[at]], #4\n\t"                                                                 \
    "ldr    %[far], [%[y], %[stride], lsl #1]\n\t"                                                 \
    "ldr    %[near], [%[y]]\n\t"                                                                   \
    "add    %[y], %[y], %[stride]\n\t"                                                             \
    "sxtb16 %[a], %[near]\n\t"                                                                     \
    "sxtb16 %[b], %[far]\n\t"                                                                      \
    "sxtb16 %[near], %[near], ror #8\n\t"                                                          \
    "sxtb16 %[far], %[far], ror #8\n\t"                                                            \
    "pkhbt  %[pair], %[a], %[b], lsl #16\n\t"                                                      \
    "pkhtb  %[b], %[b], %[a], asr #16\n\t"                                                         \
    "smlad  %[n0], %[x], %[pair], %[n0]\n\t"                                                       \
    "smlad  %[n2], %[x], %[b], %[n2]\n\t"                                                          \
    "pkhbt  %[pair], %[near], %[far], lsl #16\n\t"                                                 \
    "pkhtb  %[far], %[far], %[near], asr #16\n\t"                                                  \
    "smlad  %[n1], %[x], %[pair], %[n1]\n\t"                                                       \
    "smlad  %[n3], %[x], %[far], %[n3]\n\t"

/* sums += the row times four columns side by side; `stride` is from row to row of b. */
static inline void side_by_side(const struct row *row, const int8_t *y, int32_t stride,
                                int32_t sums[4])
{
    const uint32_t *at = row->x, *const end = row->end;
    int32_t n0 = sums[0], n1 = sums[1], n2 = sums[2], n3 = sums[3];
    uint32_t x, a, b, near, far, pair;
    while (at != end)
        __asm__ volatile(TWO_ROWS TWO_ROWS "add %[y], %[y], %[stride], lsl #1"
                         : [at] "+r"(at), [y] "+r"(y), [n0] "+r"(n0), [n1] "+r"(n1), [n2] "+r"(n2),
                           [n3] "+r"(n3), [x] "=&r"(x), [a] "=&r"(a), [b] "=&r"(b),
                           [near] "=&r"(near), [far] "=&r"(far), [pair] "=&r"(pair)
                         : [stride] "r"(stride)
                         : "memory");
    sums[0] = n0, sums[1] = n1, sums[2] = n2, sums[3] = n3;
}

static inline int32_t multiply_four(uint32_t even, uint32_t odd, const int8_t *y, int32_t sum)
{
    const uint32_t word = load_4(y);
    return multiply_pairs(odd, odd_bytes(word), multiply_pairs(even, even_bytes(word), sum));
}

/* The same of columns that each lie in one piece; `stride` is from one to the next. */
static inline void one_by_one(const struct row *row, const int8_t *y, int32_t stride,
                              int32_t sums[4])
{
    const uint32_t *const end = row->end;
    const int8_t *y3 = y + 3 * stride;
    int32_t n0 = sums[0], n1 = sums[1], n2 = sums[2], n3 = sums[3];
    for (const uint32_t *x = row->x; x != end; x += 2, y += 4, y3 += 4) {
        const uint32_t even = x[0], odd = x[1];
        n0 = multiply_four(even, odd, y, n0);
        n1 = multiply_four(even, odd, y + stride, n1);
        n2 = multiply_four(even, odd, y + 2 * stride, n2);
        n3 = multiply_four(even, odd, y3, n3);
    }
    sums[0] = n0, sums[1] = n1, sums[2] = n2, sums[3] = n3;
}

/* What is behind the whole fours. */
__attribute__((noinline)) static void last_products(const params *p, const int8_t *x,
                                                    const int8_t *y, int32_t sums[4])
{
    const struct batch_matmul_shape *s = &p->shape;
    for (int32_t k = s->depth & ~3; k < s->depth; k++)
        for (int32_t c = 0; c < 4; c++)
            sums[c] += 2 * product(p, x[k], y[k * s->depth_stride_b + c * s->column_stride_b]);
}

__attribute__((noinline)) static void four_columns(const params *p, const struct row *row,
                                                   const int8_t *y, int8_t *out)
{
    const struct batch_matmul_shape *s = &p->shape;
    int32_t sums[4] = {row->zeros, row->zeros, row->zeros, row->zeros};
    if (s->depth & 3)
        last_products(p, row->in, y, sums);
    if (s->depth_stride_b == 1)
        one_by_one(row, y, s->column_stride_b, sums);
    else
        side_by_side(row, y, s->depth_stride_b, sums);
    const int32_t multiplier = p->multiplier, rounding = p->rounding, shift = p->shift;
    for (int32_t c = 0; c < 4; c++)
        out[c] = (int8_t)rescale_s8(sums[c], multiplier, rounding, shift);
}

static struct row widened(const params *p, const int8_t *in, void *scratch)
{
    const int32_t depth = p->shape.depth;
    struct row row = {.x = scratch, .end = (uint32_t *)scratch + (depth & ~3) / 2, .in = in};
    packed_widen(in, depth, p->zero_point_a, scratch);
    int32_t sum = 0;
    for (const uint32_t *x = row.x; x != row.end; x++)
        sum = multiply_pairs(*x, 0x10001, sum);
    row.zeros = -p->zero_point_b * sum;
    return row;
}

/* The last four columns are done once more where some of them are left over. */
static inline void all_columns(const params *p, const struct row *row, const int8_t *b, int8_t *out)
{
    const struct batch_matmul_shape *const s = &p->shape;
    for (int32_t c = 0; c < s->columns; c += 4) {
        const int32_t first = c + 4 <= s->columns ? c : s->columns - 4;
        four_columns(p, row, b + first * s->column_stride_b, out + first);
    }
}

void batch_matmul_rounded_s8(const params *p, const int8_t *a, const int8_t *b, int8_t *out,
                             void *scratch)
{
    const struct batch_matmul_shape *const s = &p->shape;
    for (int32_t i = 0; i < batches_of(s); i++) {
        const int8_t *in = a + batch_start(s, s->batch_stride_a, i);
        const int8_t *const matrix = b + batch_start(s, s->batch_stride_b, i);
        for (int32_t r = 0; r < s->rows; r++, in += s->row_stride_a, out += s->columns)
            if (s->columns < 4) {
                row_times(p, in, matrix, s->columns, out);
            } else {
                const struct row row = widened(p, in, scratch);
                all_columns(p, &row, matrix, out);
            }
    }
}
