#include "arg.h"

#define OPERATOR arg_max_f32
#define TYPE float

static inline int better(float x, float best)
{
    return x > best;
}

#include "arg.inc"
