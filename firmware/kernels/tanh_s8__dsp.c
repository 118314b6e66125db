#define HIGH_WORD(x, y, t) "smmul " x ", " x ", " y "\n\t"
#include "tanh_s8_v7m.inc"
