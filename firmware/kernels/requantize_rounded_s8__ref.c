#include "rescale_s8.h"

#include "requantize_rounded_s8.inc"
