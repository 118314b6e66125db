#include "arg.h"

#define OPERATOR arg_min_s8
#define TYPE int8_t

static inline int better(int8_t x, int8_t best)
{
    return x < best;
}

#include "arg.inc"
