#include "extremum.h"

static inline int16_t element(const struct maximum_s16_params *p, int16_t a, int16_t b)
{
    (void)p;
    return a > b ? a : b;
}

#define OPERATOR maximum_s16
#define TYPE int16_t
#include "elementwise.inc"
