#include "between.h"
#include "logistic_table.h"

enum { CELL_BITS = 8, LARGEST = (256 << CELL_BITS) - 1 }; /* a cell of the table is 2^8 of u */

/* tanh(u / 3) = 2 logistic(2 u / 3) - 1 for u / 3 in units of 2^-12; a negative u has the result
 * of -u with the other sign, whose ties go down. */
static int32_t tanh_of(const int16_t *values, int32_t u)
{
    enum { EXTRA = 16 + CELL_BITS - 15 - 1, HALF = 1 << (EXTRA - 1) };
    const int32_t size = u < 0 ? -u : u;
    const int32_t y = between(values, size < LARGEST ? size : LARGEST, CELL_BITS);
    return ((u < 0 ? -y - 1 : y) + HALF) >> EXTRA;
}

void tanh_s16(const struct tanh_s16_params *restrict p, const int16_t *in, int16_t *out)
{
    const int32_t rounding = p->shift > 0 ? 1 << (p->shift - 1) : 0;
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t u = (in[i] * p->multiplier + rounding) >> p->shift;
        out[i] = (int16_t)tanh_of(p->table->values, u);
    }
}
