#include "tanh_v7m.h"

#include "tanh_s8_v7m.inc"
