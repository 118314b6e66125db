#define HIGH_WORD(x, y, t) "smull  " t ", " x ", " x ", " y "\n\t"
#define ADD_LOW_HALF(sum, x) "uxth.w " x ", " x "\n\tadd.w  " sum ", " sum ", " x "\n\t"
#include "tanh_s8_v7m.inc"
