#include "extremum.h"

static inline int32_t element(const struct maximum_s32_params *p, int32_t a, int32_t b)
{
    (void)p;
    return a > b ? a : b;
}

#define OPERATOR maximum_s32
#define TYPE int32_t
#include "elementwise.inc"
