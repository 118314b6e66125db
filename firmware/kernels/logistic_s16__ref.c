#include "between.h"
#include "logistic_table.h"

enum { CELL_BITS = 9, LAST_CELL = 255 }; /* a cell of the table, 1/24, is 2^9 of u */

/* logistic(u / 3) for u / 3 in units of 2^-12; behind the table 1, and on its other side what is
 * left of 1, which is not 0. For a negative u it is 1 - logistic(-u / 3), whose ties go down. */
static int32_t logistic_of(const int16_t *values, int32_t u)
{
    enum { EXTRA = 16 + CELL_BITS - 15, HALF = 1 << (EXTRA - 1) };
    if (u >= LAST_CELL << CELL_BITS)
        return INT16_MAX;
    if (u <= -(LAST_CELL << CELL_BITS))
        return 1;
    const int32_t y = between(values + LOGISTIC_NODES, u, CELL_BITS, HALF - (u < 0));
    return (y >> EXTRA) + (1 << 14); /* the table has it minus a half */
}

void logistic_s16(const struct logistic_s16_params *restrict p, const int16_t *in, int16_t *out)
{
    const int32_t rounding = p->shift > 0 ? 1 << (p->shift - 1) : 0;
    for (int32_t i = 0; i < p->count; i++) {
        const int32_t u = (in[i] * p->multiplier + rounding) >> p->shift;
        out[i] = (int16_t)logistic_of(p->table->values, u);
    }
}
