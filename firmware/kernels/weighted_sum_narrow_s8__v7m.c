#include "weighted_sum_narrow_s8_v7m.inc"
