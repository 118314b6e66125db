#include "rescale_s8.h"

#include "mul_rounded_s8.inc"
