/* RV32IMAFDC (The RISC-V Instruction Set Manual, Volume I, 20191213, chapters 16 and 24): what
 * counts need, and no more, as no RISC-V core has a table of cycles here.
 */
#include "decode_private.h"

enum { ZERO = 0, RA = 1, T0 = 5 };

static bool links(unsigned number)
{
    return number == RA || number == T0;
}

static void access_memory(struct insn *insn, bool store)
{
    insn->kind = store ? KIND_store_immediate : KIND_load;
    insn->store = store;
    insn->transfers = 1;
}

/* Hints for a stack of return addresses (2.5). */
static void jump_register(struct insn *insn, unsigned destination, unsigned base)
{
    if (links(destination))
        insn->kind = KIND_call_register;
    else
        insn->kind = links(base) ? KIND_return : KIND_branch_register;
}

static void decode_full(struct insn *insn, unsigned code)
{
    const unsigned destination = field(code, 11, 7), multiply = field(code, 31, 25) == 1;

    switch (field(code, 6, 0)) {
    case 0x03: case 0x07: case 0x2F: access_memory(insn, false); break; /* 0x2F: atomic */
    case 0x23: case 0x27: access_memory(insn, true); break;
    case 0x63: insn->kind = KIND_branch; break;
    case 0x6F: insn->kind = links(destination) ? KIND_call : KIND_branch; break;
    case 0x67: jump_register(insn, destination, field(code, 19, 15)); break;
    case 0x33:
        insn->kind = !multiply              ? KIND_alu
                     : field(code, 14, 14) ? KIND_divide
                                           : KIND_multiply;
        break;
    case 0x43: case 0x47: case 0x4B: case 0x4F: insn->kind = KIND_fpu_mac; break;
    case 0x53: insn->kind = KIND_fpu_arithmetic; break;
    case 0x73: insn->kind = KIND_system; break;
    case 0x0F: insn->kind = KIND_barrier; break;
    default: insn->kind = KIND_alu; break;
    }
}

/* C.JR, C.JALR, C.EBREAK, C.MV, C.ADD */
static void compressed_register(struct insn *insn, unsigned code)
{
    const bool second = field(code, 12, 12);
    const unsigned base = field(code, 11, 7);

    if (field(code, 6, 2) != 0)
        insn->kind = KIND_alu;
    else if (base == ZERO)
        insn->kind = KIND_system;
    else
        jump_register(insn, second ? RA : ZERO, base);
}

static void decode_compressed(struct insn *insn, unsigned code)
{
    const unsigned function = field(code, 15, 13), quadrant = field(code, 1, 0);

    insn->kind = KIND_alu;
    if (quadrant == 1) {
        if (function == 1)
            insn->kind = KIND_call; /* C.JAL */
        else if (function >= 5)
            insn->kind = KIND_branch;
    } else if (function == 4) {
        if (quadrant == 2)
            compressed_register(insn, code);
    } else if (function != 0) {
        access_memory(insn, function >= 5);
    }
}

struct insn decode_riscv(uint32_t address, const uint16_t code[2])
{
    const bool full = field(code[0], 1, 0) == 3;
    struct insn insn = {
        .address = address,
        .code = code[0] | (full ? (uint32_t)code[1] << 16 : 0),
        .size = full ? 4 : 2,
    };

    if (full)
        decode_full(&insn, insn.code);
    else
        decode_compressed(&insn, insn.code);
    return insn;
}
