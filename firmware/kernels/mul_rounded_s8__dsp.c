#include "rescale_s8_dsp.h"

#include "mul_rounded_s8.inc"
