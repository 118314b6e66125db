#include "requantize_narrow_s8_v7m.inc"
