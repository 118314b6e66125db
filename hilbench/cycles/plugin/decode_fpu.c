/* Floating-point encodings (DDI 0403E, sections A6.4 to A6.7). */
#include "decode_private.h"

struct operands {
    uint32_t d, n, m; /* masks of S registers; a D register is two of them */
};

static uint32_t fpu_register(bool is_double, unsigned four_bits, unsigned one_bit)
{
    if (!is_double)
        return 1u << (four_bits << 1 | one_bit);
    return one_bit ? 0 : 3u << (four_bits << 1); /* D16 to D31 do not exist on Cortex-M */
}

static struct operands operands(unsigned first, unsigned second)
{
    const bool is_double = field(second, 8, 8);

    return (struct operands){
        .d = fpu_register(is_double, field(second, 15, 12), field(first, 6, 6)),
        .n = fpu_register(is_double, field(first, 3, 0), field(second, 7, 7)),
        .m = fpu_register(is_double, field(second, 3, 0), field(second, 5, 5)),
    };
}

static void two_core_registers(struct insn *insn, unsigned first, unsigned second)
{
    const bool to_core = field(first, 4, 4);
    const bool is_double = field(second, 8, 8);
    uint32_t mask = fpu_register(is_double, field(second, 3, 0), field(second, 5, 5));

    if (!is_double)
        mask |= mask << 1;
    insn->kind = KIND_fpu_move_double;
    *(to_core ? &insn->fpu_sources : &insn->fpu_results) = mask;
}

static uint32_t register_run(uint32_t first_mask, unsigned words)
{
    const unsigned start = first_mask ? (unsigned)__builtin_ctz(first_mask) : 31;
    const uint64_t run = ((1ull << (words < 32 ? words : 32)) - 1) << start;

    return (uint32_t)run;
}

static void load_store(struct insn *insn, unsigned first, unsigned second)
{
    const bool load = field(first, 4, 4);
    const bool single = field(first, 8, 8) && !field(first, 5, 5);
    const bool is_double = field(second, 8, 8);
    const unsigned words = single ? 1u + is_double : field(second, 7, 0) & ~(unsigned)is_double;
    const uint32_t mask = register_run(operands(first, second).d, words);

    insn->transfers = (uint8_t)words;
    insn->store = !load;
    insn->address_registers = core_register(field(first, 3, 0));
    *(load ? &insn->fpu_results : &insn->fpu_sources) = mask;
    if (!single)
        insn->kind = load ? KIND_fpu_load_multiple : KIND_fpu_store_multiple;
    else if (is_double)
        insn->kind = load ? KIND_fpu_load_double : KIND_fpu_store_double;
    else
        insn->kind = load ? KIND_fpu_load : KIND_fpu_store;
}

static void arithmetic(struct insn *insn, enum kind kind, uint32_t result, uint32_t sources)
{
    insn->kind = kind;
    insn->fpu_results = result;
    insn->fpu_sources = sources;
    insn->late_result = true;
}

static void move(struct insn *insn, uint32_t result, uint32_t sources)
{
    insn->kind = KIND_fpu_move;
    insn->fpu_results = result;
    insn->fpu_sources = sources;
}

/* One operand: moves, square root, compares, conversions. */
static void unary(struct insn *insn, unsigned first, unsigned second, struct operands o)
{
    const unsigned opcode = field(first, 3, 0);
    const bool immediate = !field(second, 6, 6);
    const bool high = field(second, 7, 7);
    const bool fixed_point = (opcode & 10) == 10;

    if (immediate)
        move(insn, o.d, 0);
    else if (opcode == 1 && high)
        arithmetic(insn, KIND_fpu_sqrt, o.d, o.m);
    else if (opcode == 0 || opcode == 1)
        move(insn, o.d, o.m); /* VMOV, VABS, VNEG */
    else if (opcode == 4)
        move(insn, 0, o.d | o.m); /* VCMP */
    else if (opcode == 5)
        move(insn, 0, o.d); /* VCMP with zero */
    else
        arithmetic(insn, KIND_fpu_arithmetic, o.d, fixed_point ? o.d : o.m); /* conversions */
}

static void data_processing(struct insn *insn, unsigned first, unsigned second)
{
    const unsigned opcode = field(first, 7, 7) << 2 | field(first, 5, 4);
    const struct operands o = operands(first, second);

    switch (opcode) {
    case 2: case 3: arithmetic(insn, KIND_fpu_arithmetic, o.d, o.n | o.m); break;
    case 4: arithmetic(insn, KIND_fpu_divide, o.d, o.n | o.m); break;
    case 7: unary(insn, first, second, o); break;
    default: arithmetic(insn, KIND_fpu_mac, o.d, o.n | o.m); break;
    }
}

/* One core register: VMOV, VMRS, VMSR. */
static void one_core_register(struct insn *insn, unsigned first, unsigned second)
{
    const bool to_core = field(first, 4, 4);
    const bool system = field(first, 7, 5) == 7;
    const uint32_t mask = system ? 0 : operands(first, second).n;

    move(insn, to_core ? 0 : mask, to_core ? mask : 0);
}

void decode_fpu(struct insn *insn, uint16_t first, uint16_t second)
{
    if (field(second, 11, 9) != 5)
        return; /* another coprocessor, or the vector extension */
    insn->fpu = true;
    if ((first & 0xFFE0) == 0xEC40)
        two_core_registers(insn, first, second);
    else if ((first & 0xFE00) == 0xEC00)
        load_store(insn, first, second);
    else if ((first & 0xFF00) == 0xFE00)
        arithmetic(insn, KIND_fpu_arithmetic, operands(first, second).d,
                   operands(first, second).n | operands(first, second).m);
    else if (field(second, 4, 4))
        one_core_register(insn, first, second);
    else
        data_processing(insn, first, second);
}
