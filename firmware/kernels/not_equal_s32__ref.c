#include "compare.h"

static inline uint8_t element(const struct not_equal_s32_params *p, int32_t a, int32_t b)
{
    (void)p;
    return a != b;
}

#define OPERATOR not_equal_s32
#define TYPE int32_t
#define RESULT uint8_t
#include "elementwise.inc"
