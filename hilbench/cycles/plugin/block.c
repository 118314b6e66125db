#include "block.h"

#include <string.h>

#include "alloc.h"
#include "model.h"

enum { BUCKETS = 1 << 14 };

static struct block *buckets[BUCKETS];

struct op block_op(const struct insn *before, const struct insn *insn)
{
    const uint32_t end = insn->address + insn->size;
    const uint32_t word = (end - 1) & ~3u;
    struct op op = {
        .address = insn->address,
        .word = word,
        .fpu_busy = (uint8_t)model.timing[insn->kind].fpu_busy,
        .frees = (end & 3) == 0 || (insn->address & ~3u) != word,
        .fpu = insn->fpu,
        .overlaps = rules_overlap(before, insn),
        .transfers = insn->transfers,
        .cost = rules_cost(before, insn),
    };

    if (insn->conditional && insn->transfers > 0 && op.cost.issue > 1) {
        op.late_cycles = (uint8_t)(op.cost.issue - 1);
        op.cost.issue = 1;
    }
    op.cycles = (uint8_t)cost_total(op.cost);
    return op;
}

static void prepare(struct block *block)
{
    const struct insn *before = NULL;

    for (size_t i = 0; i < block->size; i++) {
        const struct insn *const insn = &block->insns[i];
        const struct op op = block_op(before, insn);

        block->ops[i] = op;
        block->accesses[i] = (struct access){
            .block = block,
            .op = (uint16_t)i,
            .store = insn->store,
            .conditional = op.late_cycles > 0,
            .vector = insn->vector,
        };
        block->cost.issue += op.cost.issue;
        block->cost.address += op.cost.address;
        block->cost.fpu += op.cost.fpu;
        before = insn;
    }
}

static bool begins_before(const struct op *op)
{
    return (op->address & ~3u) != op->word;
}

/* Two instructions end in a word at most. */
static struct step step_of(const struct block *block, uint16_t first)
{
    const struct op *const op = &block->ops[first];
    const bool two = first + 1u < block->size && op[1].word == op->word;
    const struct op *const last = two ? op + 1 : op;

    return (struct step){
        .word = op->word,
        .first = first,
        .end = (uint16_t)(first + 1 + two),
        .cycles = (uint8_t)(op->cycles + (two ? last->cycles : 0)),
        .fpu_busy = op->fpu_busy,
        .last_start = two ? op->cycles : 0,
        .frees_previous = begins_before(op),
        .frees_own = last->frees && !begins_before(last),
        .fpu = op->fpu,
    };
}

static void divide_into_steps(struct block *block)
{
    for (size_t i = 0; i < block->size; i = block->steps[block->step_count++].end)
        block->steps[block->step_count] = step_of(block, (uint16_t)i);
}

static struct block *create(const struct insn *insns, size_t size)
{
    struct block *const block = alloc_zeroed(1, sizeof *block);

    block->address = insns[0].address;
    block->size = size;
    block->insns = alloc_zeroed(size, sizeof *insns);
    memcpy(block->insns, insns, size * sizeof *insns);
    block->ops = alloc_zeroed(size, sizeof *block->ops);
    block->steps = alloc_zeroed(size, sizeof *block->steps);
    block->accesses = alloc_zeroed(size, sizeof *block->accesses);
    block->end = block_last(block)->address + block_last(block)->size;
    block->function = model_function_at(block->address);
    block->opens = within(model.start_mark, block->address);
    block->closes = block->address == model.end_mark;
    prepare(block);
    divide_into_steps(block);
    return block;
}

static bool same(const struct block *block, const struct insn *insns, size_t size)
{
    if (block->size != size)
        return false;
    for (size_t i = 0; i < size; i++)
        if (block->insns[i].address != insns[i].address || block->insns[i].code != insns[i].code)
            return false;
    return true;
}

struct block *block_of(const struct insn *insns, size_t size)
{
    struct block **const bucket = &buckets[insns[0].address / 2 % BUCKETS];

    for (struct block *b = *bucket; b != NULL; b = b->next)
        if (same(b, insns, size))
            return b;
    struct block *const block = create(insns, size);
    block->next = *bucket;
    *bucket = block;
    return block;
}

struct block *block_prefix(const struct block *block, uint32_t end)
{
    size_t size = 1;

    while (size < block->size && block->insns[size].address < end)
        size++;
    return block_of(block->insns, size);
}

void block_each(void (*visit)(struct block *block))
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct block *b = buckets[i]; b != NULL; b = b->next)
            visit(b);
}
