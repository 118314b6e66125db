#include "tanh_v7m.h"

#include "tanh_of_sum_s8_v7m.inc"
