/* tanh_dsp.h in instructions of Armv7-M: x is free behind the addition. */
#define ADD_BYTE_1(y, x) "ubfx   " x ", " x ", #8, #8\n\tadd.w  " y ", " y ", " x "\n\t"
