#include "mul.h"

static inline float element(const struct mul_f32_params *p, float a, float b)
{
    const float y = a * b;
    const float above = y < p->min ? p->min : y;
    return above > p->max ? p->max : above;
}

static inline void run(const struct mul_f32_params *params, int32_t n, const float *a,
                       int32_t step_a, const float *b, int32_t step_b, float *out)
{
    const struct mul_f32_params p = *params; /* which stores to out cannot change */
    for (int32_t i = 0; i < n; i++, a += step_a, b += step_b)
        out[i] = element(&p, *a, *b);
}

void mul_f32(const struct mul_f32_params *p, const float *a, const float *b, float *out)
{
    const struct broadcast *s = p->broadcast;
    if (!s) {
        run(p, p->count, a, 1, b, 1, out);
        return;
    }
    for (int32_t i = 0; i < s->runs; i++, out += s->run) {
        const float *run_a = a + run_start(s, s->stride_a, i);
        const float *run_b = b + run_start(s, s->stride_b, i);
        run(p, s->run, run_a, s->step_a, run_b, s->step_b, out);
    }
}
