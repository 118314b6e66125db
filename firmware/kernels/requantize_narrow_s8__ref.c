#include "narrow.h"

#include "requantize_narrow_s8.inc"
