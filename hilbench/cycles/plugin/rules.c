#include "rules.h"

#include <stddef.h>

#include "model.h"

static uint32_t table_cycles(const struct insn *insn)
{
    const struct timing *const t = &model.timing[insn->kind];

    return t->cycles + t->per_transfer * insn->transfers;
}

/* A load or store behind a load overlaps with it, unless its address is what was loaded. */
static void overlap(struct cost *cost, const struct insn *before, const struct insn *insn)
{
    const uint32_t saved = model.timing[insn->kind].pipelined;

    if (!model.timing[before->kind].leads || !saved)
        return;
    cost->issue -= saved;
    if (before->loaded & insn->address_registers)
        cost->address += saved;
}

bool rules_overlap(const struct insn *before, const struct insn *insn)
{
    return before != NULL && !insn->store && model.timing[before->kind].leads &&
           model.timing[insn->kind].pipelined && !(before->loaded & insn->address_registers);
}

struct cost rules_cost(const struct insn *before, const struct insn *insn)
{
    struct cost cost = {.issue = table_cycles(insn)};

    if (before == NULL)
        return cost;
    overlap(&cost, before, insn);
    if (before->results & insn->address_registers)
        cost.address += model.address_stall;
    if (before->late_result && before->fpu_results & insn->fpu_sources)
        cost.fpu += model.fpu_result_stall;
    if (insn->kind == KIND_it && before->size == 2)
        cost.issue -= model.it_folded;
    return cost;
}
