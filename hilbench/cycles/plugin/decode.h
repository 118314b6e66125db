/* What the cycle model must know of a Thumb instruction. */
#ifndef HB_DECODE_H
#define HB_DECODE_H

#include <stdbool.h>
#include <stdint.h>

enum kind {
#define KIND(name) KIND_##name,
#include "kinds.def"
#undef KIND
    KINDS
};

extern const char *const kind_names[KINDS];

/* Register sets are bit masks: bit n is Rn, and Sn in those of the FPU. */
struct insn {
    uint32_t address;
    uint32_t code; /* the second halfword in the upper half */
    uint8_t size;  /* bytes: 2 or 4 */
    uint8_t kind;
    uint8_t transfers; /* words (or less) moved between registers and memory */
    bool store;
    bool fpu;                   /* uses the FPU */
    bool on_flags;              /* a branch with a condition of its own */
    uint8_t it_block;           /* an IT: how many instructions it makes conditional */
    bool conditional;           /* inside an IT block: set by the caller of decode */
    uint16_t address_registers; /* make the address of a load or store */
    uint16_t results;           /* written by data processing */
    uint16_t loaded;            /* written from memory */
    bool vector;     /* loads or stores up to 16 bytes, which QEMU reports byte by byte */
    bool loop_end;   /* LE, LETP of Armv8.1-M: a loop goes on without a branch */
    bool late_result;           /* an FPU result that is ready one cycle later */
    uint32_t fpu_results;
    uint32_t fpu_sources; /* without the addend of a multiply-accumulate */
};

/* `code` are the two halfwords at `address`; the second counts in 32-bit encodings only. */
struct insn decode(uint32_t address, const uint16_t code[2]);
struct insn decode_riscv(uint32_t address, const uint16_t code[2]);

static inline bool kind_is_branch(unsigned kind)
{
    return (kind >= KIND_branch && kind <= KIND_write_pc) || kind == KIND_load_pc ||
           kind == KIND_load_multiple_pc;
}

static inline bool kind_is_call(unsigned kind)
{
    return kind == KIND_call || kind == KIND_call_register;
}

#endif
