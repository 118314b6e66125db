#include "extremum.h"

static inline int8_t element(const struct maximum_s8_params *p, int8_t a, int8_t b)
{
    (void)p;
    return a > b ? a : b;
}

#define OPERATOR maximum_s8
#define TYPE int8_t
#include "elementwise.inc"
