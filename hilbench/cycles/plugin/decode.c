/* 16-bit Thumb encodings (Armv7-M Architecture Reference Manual, DDI 0403E, section A5.2). */
#include "decode_private.h"

const char *const kind_names[KINDS] = {
#define KIND(name) #name,
#include "kinds.def"
#undef KIND
};

static void compute(struct insn *insn, unsigned destination)
{
    insn->kind = destination == PC ? KIND_write_pc : KIND_alu;
    insn->results = core_register(destination);
}

static void nothing_written(struct insn *insn)
{
    insn->kind = KIND_alu;
}

/* Shift, add, subtract, move and compare (immediate). */
static void basic_arithmetic(struct insn *insn, unsigned code)
{
    const bool three_operands = field(code, 13, 13) == 0;

    if (three_operands)
        compute(insn, field(code, 2, 0));
    else if (field(code, 12, 11) == 1)
        nothing_written(insn); /* CMP */
    else
        compute(insn, field(code, 10, 8));
}

static void data_processing(struct insn *insn, unsigned code)
{
    enum { TST = 8, CMP = 10, CMN = 11, MUL = 13 };
    const unsigned opcode = field(code, 9, 6);

    if (opcode == TST || opcode == CMP || opcode == CMN) {
        nothing_written(insn);
        return;
    }
    compute(insn, field(code, 2, 0));
    if (opcode == MUL)
        insn->kind = KIND_multiply;
}

/* ADD, CMP, MOV of high registers; BX and BLX. */
static void special(struct insn *insn, unsigned code)
{
    const unsigned opcode = field(code, 9, 8);
    const unsigned destination = field(code, 2, 0) | field(code, 7, 7) << 3;

    if (opcode == 1)
        nothing_written(insn);
    else if (opcode != 3)
        compute(insn, destination);
    else if (field(code, 7, 7))
        insn->kind = KIND_call_register;
    else
        insn->kind = field(code, 6, 3) == LR ? KIND_return : KIND_branch_register;
}

static void transfer(struct insn *insn, bool load, unsigned data, uint16_t address_registers,
                     bool register_offset)
{
    insn->transfers = 1;
    insn->address_registers = address_registers;
    insn->store = !load;
    if (load)
        insn->loaded = core_register(data);
    insn->kind = load                ? KIND_load
                 : register_offset ? KIND_store_register
                                   : KIND_store_immediate;
}

static void load_store_single(struct insn *insn, unsigned code)
{
    enum { LDRSB = 3 };
    const unsigned group = field(code, 15, 12);
    const unsigned data = field(code, 2, 0);
    const uint16_t base = core_register(field(code, 5, 3));

    if (group == 5)
        transfer(insn, field(code, 11, 9) >= LDRSB, data,
                 (uint16_t)(base | core_register(field(code, 8, 6))), true);
    else if (group == 9)
        transfer(insn, field(code, 11, 11), field(code, 10, 8), core_register(SP), false);
    else
        transfer(insn, field(code, 11, 11), data, base, false);
}

static void transfer_multiple(struct insn *insn, bool load, unsigned list, unsigned base)
{
    insn->transfers = (uint8_t)__builtin_popcount(list);
    insn->address_registers = core_register(base);
    insn->store = !load;
    if (load)
        insn->loaded = (uint16_t)(list & 0x7FFF);
    insn->kind = !load               ? KIND_store_multiple
                 : list >> PC & 1 ? KIND_load_multiple_pc
                                  : KIND_load_multiple;
}

static void it_or_hint(struct insn *insn, unsigned code)
{
    const unsigned mask = field(code, 3, 0);

    insn->kind = mask ? KIND_it : KIND_hint;
    if (mask)
        insn->it_block = (uint8_t)(4 - __builtin_ctz(mask));
}

static void miscellaneous(struct insn *insn, unsigned code)
{
    if ((code & 0xFF00) == 0xB000)
        compute(insn, SP);
    else if ((code & 0xF500) == 0xB100)
        insn->kind = KIND_branch; /* CBZ, CBNZ */
    else if ((code & 0xFE00) == 0xB400)
        transfer_multiple(insn, false, field(code, 7, 0) | field(code, 8, 8) << LR, SP);
    else if ((code & 0xFE00) == 0xBC00)
        transfer_multiple(insn, true, field(code, 7, 0) | field(code, 8, 8) << PC, SP);
    else if ((code & 0xFF00) == 0xB200 || (code & 0xFF00) == 0xBA00)
        compute(insn, field(code, 2, 0)); /* extend, reverse */
    else if ((code & 0xFF00) == 0xBF00)
        it_or_hint(insn, code);
    else
        insn->kind = KIND_system;
}

static void conditional_branch(struct insn *insn, unsigned code)
{
    enum { UDF = 14 };

    insn->on_flags = field(code, 11, 8) < UDF;
    insn->kind = insn->on_flags ? KIND_branch : KIND_system;
}

static void decode_narrow(struct insn *insn, unsigned code)
{
    switch (field(code, 15, 12)) {
    case 0: case 1: case 2: case 3: basic_arithmetic(insn, code); break;
    case 4:
        if (field(code, 11, 11))
            transfer(insn, true, field(code, 10, 8), 0, false); /* literal */
        else if (field(code, 10, 10))
            special(insn, code);
        else
            data_processing(insn, code);
        break;
    case 5: case 6: case 7: case 8: case 9: load_store_single(insn, code); break;
    case 10: compute(insn, field(code, 10, 8)); break; /* ADR, ADD to SP */
    case 11: miscellaneous(insn, code); break;
    case 12:
        transfer_multiple(insn, field(code, 11, 11), field(code, 7, 0), field(code, 10, 8));
        break;
    case 13: conditional_branch(insn, code); break;
    default: insn->kind = KIND_branch; break;
    }
}

struct insn decode(uint32_t address, const uint16_t code[2])
{
    const bool wide = field(code[0], 15, 11) >= 0x1D;
    struct insn insn = {
        .address = address,
        .code = code[0] | (wide ? (uint32_t)code[1] << 16 : 0),
        .size = wide ? 4 : 2,
        .kind = KIND_other,
    };

    if (wide)
        decode_wide(&insn, code[0], code[1]);
    else
        decode_narrow(&insn, code[0]);
    return insn;
}
