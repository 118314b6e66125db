/* Cycles of an instruction behind another one, before memory has a say. */
#ifndef HB_RULES_H
#define HB_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"

struct cost {
    uint32_t issue;   /* the table's cycles, less what overlaps with the instruction before */
    uint32_t address; /* waiting for a register that makes an address */
    uint32_t fpu;     /* waiting for an FPU result */
};

/* `before` is what was executed just before, or NULL behind a taken branch. */
struct cost rules_cost(const struct insn *before, const struct insn *insn);

/* Whether a load's address phase is the data phase of the load before it. */
bool rules_overlap(const struct insn *before, const struct insn *insn);

static inline uint32_t cost_total(struct cost cost)
{
    return cost.issue + cost.address + cost.fpu;
}

#endif
