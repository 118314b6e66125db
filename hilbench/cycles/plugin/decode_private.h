/* What decode.c, decode_wide.c and decode_fpu.c share; nothing else includes it. */
#ifndef HB_DECODE_PRIVATE_H
#define HB_DECODE_PRIVATE_H

#include "decode.h"

/* 32-bit encodings; fill all but address, code and size. */
void decode_wide(struct insn *insn, uint16_t first, uint16_t second);
void decode_fpu(struct insn *insn, uint16_t first, uint16_t second);

enum { SP = 13, LR = 14, PC = 15 };

static inline unsigned field(unsigned code, unsigned high, unsigned low)
{
    return code >> low & ((1u << (high - low + 1)) - 1);
}

/* The mask of one core register; the PC is never waited for. */
static inline uint16_t core_register(unsigned number)
{
    return number == PC ? 0 : (uint16_t)(1u << number);
}

#endif
