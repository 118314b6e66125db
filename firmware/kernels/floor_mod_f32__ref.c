#include "div.h"
#include <math.h>

static inline float element(const struct floor_mod_f32_params *p, float a, float b)
{
    (void)p;
    const float rest = fmodf(a, b);
    return rest != 0.0f && (rest < 0.0f) != (b < 0.0f) ? rest + b : rest;
}

#define OPERATOR floor_mod_f32
#define TYPE float
#include "elementwise.inc"
