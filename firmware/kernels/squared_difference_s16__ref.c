#include "squared_difference.h"
#include "wide.h"

static inline int16_t element(const struct squared_difference_s16_params *p, int16_t a, int16_t b)
{
    const int32_t x = rescale(a, p->multiplier_a, p->shift_a);
    const int32_t y = rescale(b, p->multiplier_b, p->shift_b);
    const int32_t square = (x - y) * (x - y); /* up to 2^30 */
    const int32_t z = rescale_product(square, p->multiplier_out, p->shift_out);
    return (int16_t)clamp(z, INT16_MIN, INT16_MAX);
}

#define OPERATOR squared_difference_s16
#define TYPE int16_t
#include "elementwise.inc"
