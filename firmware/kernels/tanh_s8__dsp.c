#define HIGH_WORD(x, y, t) "smmul  " x ", " x ", " y "\n\t"
#define ADD_LOW_HALF(sum, x) "uxtah  " sum ", " sum ", " x "\n\t"
#include "tanh_s8_v7m.inc"
