#include "add.h"

#include "fixed_point.h"

/* (q - zero_point) in the scale that both operands share. */
static inline int32_t operand(int32_t q, int32_t zero_point, int32_t multiplier, int32_t shift)
{
    return rescale(shift_left(q - zero_point, 20), multiplier, shift);
}

static inline int8_t element(const struct add_s8_params *p, int8_t a, int8_t b)
{
    const int32_t x = operand(a, p->zero_point_a, p->multiplier_a, p->shift_a);
    const int32_t y = operand(b, p->zero_point_b, p->multiplier_b, p->shift_b);
    const int32_t z = rescale(x + y, p->multiplier_out, p->shift_out);
    return (int8_t)clamp(z + p->zero_point_out, p->min, p->max);
}

static inline void run(const struct add_s8_params *params, int32_t n, const int8_t *a,
                       int32_t step_a, const int8_t *b, int32_t step_b, int8_t *out)
{
    const struct add_s8_params p = *params; /* which stores to out cannot change */
    for (int32_t i = 0; i < n; i++, a += step_a, b += step_b)
        out[i] = element(&p, *a, *b);
}

void add_s8(const struct add_s8_params *p, const int8_t *a, const int8_t *b, int8_t *out)
{
    const struct broadcast *s = p->broadcast;
    if (!s) {
        run(p, p->count, a, 1, b, 1, out);
        return;
    }
    for (int32_t i = 0; i < s->runs; i++, out += s->run) {
        const int8_t *run_a = a + run_start(s, s->stride_a, i);
        const int8_t *run_b = b + run_start(s, s->stride_b, i);
        run(p, s->run, run_a, s->step_a, run_b, s->step_b, out);
    }
}
