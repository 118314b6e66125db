#include "between.h"
#include "fixed_point.h"
#include "logistic_table.h"

enum { CELL_BITS = 8, LARGEST = (256 << CELL_BITS) - 1 }; /* a cell of the table is 2^8 of u */

/* tanh(u / 3) = 2 logistic(2 u / 3) - 1 for u / 3 in units of 2^-12; a negative u has the result
 * of -u with the other sign, whose ties go down. */
static int32_t tanh_of(const int16_t *values, int32_t u)
{
    enum { EXTRA = 16 + CELL_BITS - 15 - 1, HALF = 1 << (EXTRA - 1) };
    const int32_t inside = clamp(u, -LARGEST, LARGEST);
    return between(values + LOGISTIC_NODES, inside, CELL_BITS, HALF - (u < 0)) >> EXTRA;
}

void tanh_s16(const struct tanh_s16_params *restrict p, const int16_t *in, int16_t *out)
{
    const int32_t rounding = p->shift > 0 ? 1 << (p->shift - 1) : 0;
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t u = (in[i] * p->multiplier + rounding) >> p->shift;
        out[i] = (int16_t)tanh_of(p->table->values, u);
    }
}
