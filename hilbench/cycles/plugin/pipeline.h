/* Time: how long each block takes in core and memory. */
#ifndef HB_PIPELINE_H
#define HB_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "block.h"

/* An access whose address matters: a load from flash or slow RAM, an unaligned one, a
 * conditional one. */
struct touched {
    uint32_t address;
    uint16_t op; /* number of the instruction in its block */
    uint8_t bytes;
    bool store;
};

/* Whether an access is unaligned for the bus: it has words, and a double one is two of them. */
static inline bool takes_pieces(uint32_t address, uint32_t bytes)
{
    return address % (bytes < 4 ? bytes : 4) != 0;
}

enum { TOUCHED_END = UINT16_MAX }; /* `op` behind the last entry */

/* Cycles that are not in the blocks' own costs, by cause. */
struct stalls {
    int64_t issue, address, fpu; /* corrections where one block continues another */
    int64_t unaligned;           /* further transfers of unaligned loads */
    int64_t refill;              /* of taken branches */
    int64_t fetch;               /* instructions not yet fetched */
    int64_t data;                /* data not yet read, from flash or slow RAM */
};

extern struct stalls pipeline_stalls;

/* Empty pipeline, empty caches, time 0: execution is about to begin at `first`. */
void pipeline_open(const struct insn *first);

/* Executes a block. `before` is the last instruction of the block that it continues, or
 * NULL behind a taken branch. `touched` ends with TOUCHED_END.
 */
void pipeline_run(const struct block *block, const struct insn *before,
                  const struct touched *touched);

/* Takes a branch to `target`. `before` was executed just before it, NULL if it is a target. */
void pipeline_branch(const struct insn *before, const struct insn *branch,
                     const struct insn *target);

int64_t pipeline_time(void);

#endif
