#include "weighted_sum.h"

#include "fixed_point.h"

static inline int8_t element(const struct weighted_sum_s8_params *p, int8_t a, int8_t b)
{
    const int64_t sum = (int64_t)a * p->weight_a + (int64_t)b * p->weight_b + p->offset;
    return (int8_t)clamp((int32_t)(sum >> WEIGHTED_SUM_S8_FRACTION_BITS), p->min, p->max);
}

static inline void run(const struct weighted_sum_s8_params *params, int32_t n, const int8_t *a,
                       int32_t step_a, const int8_t *b, int32_t step_b, int8_t *out)
{
    const struct weighted_sum_s8_params p = *params; /* which stores to out cannot change */
    for (int32_t i = 0; i < n; i++, a += step_a, b += step_b)
        out[i] = element(&p, *a, *b);
}

void weighted_sum_s8(const struct weighted_sum_s8_params *p, const int8_t *a, const int8_t *b,
                     int8_t *out)
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
