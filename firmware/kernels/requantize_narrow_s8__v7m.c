#include "narrow_dsp.h"

#include "requantize_narrow_s8.inc"
