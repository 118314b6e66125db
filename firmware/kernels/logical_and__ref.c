#include "logical.h"

static inline uint8_t element(const struct logical_and_params *p, uint8_t a, uint8_t b)
{
    (void)p;
    return a && b;
}

#define OPERATOR logical_and
#define TYPE uint8_t
#include "elementwise.inc"
