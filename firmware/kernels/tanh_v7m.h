/* tanh_dsp.h in instructions of Armv7-M: t is free, and so is x behind an addition. */
#define HIGH_WORD(x, y, t) "smull  " t ", " x ", " x ", " y "\n\t"
#define ADD_LOW_HALF(sum, x) "uxth.w " x ", " x "\n\tadd.w  " sum ", " sum ", " x "\n\t"
