#include "rescale_s8_dsp.h"

#include "requantize_rounded_s8.inc"
