#include "compare.h"

static inline uint8_t element(const struct not_equal_f32_params *p, float a, float b)
{
    (void)p;
    return a != b;
}

#define OPERATOR not_equal_f32
#define TYPE float
#define RESULT uint8_t
#include "elementwise.inc"
