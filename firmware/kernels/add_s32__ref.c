#include "integer.h"

static inline int32_t element(const struct add_s32_params *p, int32_t a, int32_t b)
{
    (void)p;
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

#define OPERATOR add_s32
#define TYPE int32_t
#include "elementwise.inc"
