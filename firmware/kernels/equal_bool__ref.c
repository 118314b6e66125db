#include "compare.h"

static inline uint8_t element(const struct equal_bool_params *p, uint8_t a, uint8_t b)
{
    (void)p;
    return a == b;
}

#define OPERATOR equal_bool
#define TYPE uint8_t
#include "elementwise.inc"
