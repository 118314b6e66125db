/* 32-bit Thumb encodings (DDI 0403E, section A5.3), without those of the FPU. */
#include "decode_private.h"

static void compute(struct insn *insn, enum kind kind, unsigned destination)
{
    insn->kind = kind;
    insn->results = core_register(destination);
}

static void load(struct insn *insn, unsigned data, unsigned transfers)
{
    insn->kind = data == PC ? KIND_load_pc : KIND_load;
    insn->loaded = core_register(data);
    insn->transfers = (uint8_t)transfers;
}

static void store(struct insn *insn, enum kind kind, unsigned transfers)
{
    insn->kind = kind;
    insn->store = true;
    insn->transfers = (uint8_t)transfers;
}

static void load_store_multiple(struct insn *insn, unsigned first, unsigned second)
{
    const unsigned registers = (unsigned)__builtin_popcount(second);

    insn->address_registers = core_register(field(first, 3, 0));
    if (!field(first, 4, 4)) {
        store(insn, KIND_store_multiple, registers);
        return;
    }
    insn->kind = second >> PC & 1 ? KIND_load_multiple_pc : KIND_load_multiple;
    insn->loaded = (uint16_t)(second & 0x7FFF);
    insn->transfers = (uint8_t)registers;
}

/* LDRD and STRD, exclusives and (Armv8-M) acquire-release, table branches. */
static void load_store_double(struct insn *insn, unsigned first, unsigned second)
{
    const bool is_load = field(first, 4, 4);
    const bool is_double = field(first, 8, 8) || field(first, 5, 5);
    const unsigned data = field(second, 15, 12);

    insn->address_registers = core_register(field(first, 3, 0));
    if ((first & 0xFFF0) == 0xE8D0 && (second & 0xFFE0) == 0xF000) {
        insn->kind = KIND_table_branch;
        insn->address_registers |= core_register(field(second, 3, 0));
        insn->transfers = 1;
    } else if (is_double && is_load) {
        load(insn, data, 2);
        insn->kind = KIND_load_double;
        insn->loaded |= core_register(field(second, 11, 8));
    } else if (is_double) {
        store(insn, KIND_store_double, 2);
    } else if (is_load) {
        load(insn, data, 1);
    } else {
        store(insn, KIND_store_register, 1);
    }
}

static void data_processing(struct insn *insn, unsigned second)
{
    /* TST, TEQ, CMN and CMP name the PC as destination and write nothing. */
    compute(insn, KIND_alu, field(second, 11, 8));
}

static void branch_or_control(struct insn *insn, unsigned first, unsigned second)
{
    const unsigned form = second & 0xD000;

    insn->on_flags = form == 0x8000 && field(first, 9, 7) != 7;
    if (insn->on_flags)
        insn->kind = KIND_branch;
    else if (form == 0x8000 && (first & 0xFFF0) == 0xF3B0)
        insn->kind = KIND_barrier;
    else if (form == 0x8000 && (first & 0xFFF0) == 0xF3A0)
        insn->kind = KIND_hint;
    else if (form == 0x8000)
        compute(insn, KIND_system, (first & 0xFFE0) == 0xF3E0 ? field(second, 11, 8) : PC);
    else if (form == 0xD000)
        insn->kind = KIND_call;
    else
        insn->kind = KIND_branch; /* unconditional; Armv8.1-M loops */
}

static void load_store_single(struct insn *insn, unsigned first, unsigned second)
{
    const unsigned base = field(first, 3, 0);
    const unsigned data = field(second, 15, 12);
    const bool word = field(first, 6, 5) == 2;
    const bool immediate = base == PC || field(first, 7, 7) || field(second, 11, 11);

    if (field(first, 4, 4) && data == PC && !word) {
        insn->kind = KIND_hint; /* PLD, PLI */
        return;
    }
    insn->address_registers = core_register(base);
    if (!immediate)
        insn->address_registers |= core_register(field(second, 3, 0));
    if (field(first, 4, 4))
        load(insn, data, 1);
    else
        store(insn, immediate ? KIND_store_immediate : KIND_store_register, 1);
}

/* Register shifts, extends, the parallel arithmetic of the DSP extension. */
static void data_processing_register(struct insn *insn, unsigned first, unsigned second)
{
    const unsigned group = field(first, 6, 4);
    const bool upper = field(first, 7, 7);
    const bool shift = !upper && !field(second, 7, 7);
    const bool extend = !upper && field(first, 3, 0) == PC && group / 2 != 1;
    const bool miscellaneous = upper && field(second, 7, 7) && (group == 1 || group == 3);
    const bool plain = shift || extend || miscellaneous;

    compute(insn, plain ? KIND_alu : KIND_dsp, field(second, 11, 8));
}

static void multiply(struct insn *insn, unsigned first, unsigned second)
{
    const bool accumulates = field(second, 15, 12) != PC;
    const unsigned plain = accumulates ? KIND_multiply_accumulate : KIND_multiply;

    compute(insn, field(first, 6, 4) == 0 ? plain : KIND_dsp, field(second, 11, 8));
}

static void long_multiply(struct insn *insn, unsigned first, unsigned second)
{
    const unsigned group = field(first, 6, 4);
    const bool divide = group == 1 || group == 3;
    const unsigned plain = group >= 4 ? KIND_multiply_long_accumulate : KIND_multiply_long;
    const unsigned product = field(second, 7, 4) == 0 ? plain : KIND_dsp;

    compute(insn, divide ? KIND_divide : product, field(second, 11, 8));
    if (!divide)
        insn->results |= core_register(field(second, 15, 12));
}

/* VLDR, VSTR, VLD2, VST4 and their like of Helium, which have what was coprocessors 14 and 15
 * (DDI 0553, C2.3.6).
 */
static bool is_vector_transfer(uint16_t first, uint16_t second)
{
    return (first & 0xEE00) == 0xEC00 && field(second, 11, 9) == 7;
}

static void vector_transfer(struct insn *insn, uint16_t first)
{
    const bool load = field(first, 4, 4);

    insn->kind = load ? KIND_load : KIND_store_immediate;
    insn->store = !load;
    insn->transfers = 1;
    insn->vector = true;
}

static bool is_loop_end(uint16_t first, uint16_t second)
{
    return (first & 0xFFCF) == 0xF00F && (second & 0xF001) == 0xC001;
}

void decode_wide(struct insn *insn, uint16_t first, uint16_t second)
{
    const bool coprocessor = (first & 0xEC00) == 0xEC00;

    insn->loop_end = is_loop_end(first, second);
    if (is_vector_transfer(first, second))
        vector_transfer(insn, first);
    else if (coprocessor)
        decode_fpu(insn, first, second);
    else if ((first & 0xFE40) == 0xE800)
        load_store_multiple(insn, first, second);
    else if ((first & 0xFE40) == 0xE840)
        load_store_double(insn, first, second);
    else if ((first & 0xFE00) == 0xEA00)
        data_processing(insn, second);
    else if ((first & 0xF800) == 0xF000)
        field(second, 15, 15) ? branch_or_control(insn, first, second)
                              : data_processing(insn, second);
    else if ((first & 0xFE00) == 0xF800)
        load_store_single(insn, first, second);
    else if ((first & 0xFF00) == 0xFA00)
        data_processing_register(insn, first, second);
    else if ((first & 0xFF80) == 0xFB00)
        multiply(insn, first, second);
    else if ((first & 0xFF80) == 0xFB80)
        long_multiply(insn, first, second);
}
