#include "tanh_dsp.h"

#include "tanh_s8_v7m.inc"
