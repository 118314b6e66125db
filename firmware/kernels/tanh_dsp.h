/* Of tanh_v7m.inc in the DSP extension: x becomes the high word of x times y; the low half of x is added. */
#define HIGH_WORD(x, y, t) "smmul  " x ", " x ", " y "\n\t"
#define ADD_LOW_HALF(sum, x) "uxtah  " sum ", " sum ", " x "\n\t"
