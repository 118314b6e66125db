#define HIGH_WORD(x, y, t) "smull " t ", " x ", " x ", " y "\n\t"
#include "tanh_s8_v7m.inc"
