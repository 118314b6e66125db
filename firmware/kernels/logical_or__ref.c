#include "logical.h"

static inline uint8_t element(const struct logical_or_params *p, uint8_t a, uint8_t b)
{
    (void)p;
    return a || b;
}

#define OPERATOR logical_or
#define TYPE uint8_t
#include "elementwise.inc"
