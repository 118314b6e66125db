#include "compare.h"

static inline uint8_t element(const struct not_equal_bool_params *p, uint8_t a, uint8_t b)
{
    (void)p;
    return a != b;
}

#define OPERATOR not_equal_bool
#define TYPE uint8_t
#include "elementwise.inc"
