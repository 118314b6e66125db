/* Of tanh_v7m.inc in the DSP extension: byte 1 of x is added to y. */
#define ADD_BYTE_1(y, x) "uxtab  " y ", " y ", " x ", ror #8\n\t"
