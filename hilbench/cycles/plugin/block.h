/* A translated run of instructions, prepared once for the cycle model. */
#ifndef HB_BLOCK_H
#define HB_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"
#include "rules.h"

/* What happens when one instruction is executed. */
struct op {
    uint32_t address;
    uint32_t word;  /* address of the last word that must have been fetched */
    uint8_t cycles; /* without waiting for memory or for a busy FPU */
    uint8_t fpu_busy;
    bool frees; /* takes the last halfword of a word out of the fetch buffer */
    bool fpu;
    bool overlaps;     /* a load whose address phase is the data phase of the load before */
    uint8_t transfers; /* words */
    struct cost cost; /* what `cycles` is made of */
    /* An instruction whose condition fails takes one cycle, and only the memory it touches
     * tells that the condition held: these are charged with its first access. */
    uint8_t late_cycles;
};

/* All instructions that end in one word, taken together as long as no access needs a look. */
struct step {
    uint32_t word;
    uint16_t first, end; /* their numbers; end is the first one behind */
    uint8_t cycles;
    uint8_t fpu_busy;
    uint8_t last_start;  /* cycles until the last of them begins */
    bool frees_previous; /* the first one begins in the word before */
    bool frees_own;      /* the last one takes the word's last halfword */
    bool fpu;            /* the first one uses the FPU; only it can, as FPU encodings have 32 bits */
};

/* What the memory callback of one instruction must know. */
struct access {
    const struct block *block;
    uint16_t op;
    bool store;
    bool conditional; /* has late cycles */
    bool vector;
};

struct block {
    uint32_t address, end; /* end is the first address behind */
    size_t size;           /* instructions */
    struct insn *insns;
    struct op *ops;
    struct step *steps;
    size_t step_count;
    struct access *accesses;
    struct cost cost; /* sums over the block */
    int32_t function;
    bool opens, closes; /* of the marks */
    uint64_t executions;
    struct block *next; /* in its bucket */
};

/* The block of these instructions; translating the same ones again gives the same block. */
struct block *block_of(const struct insn *insns, size_t size);

/* The block of the first instructions of another one. */
struct block *block_prefix(const struct block *block, uint32_t end);

/* `insn` as executed behind `before`, or behind a taken branch if that is NULL. */
struct op block_op(const struct insn *before, const struct insn *insn);

/* Calls `visit` for every block. */
void block_each(void (*visit)(struct block *block));

static inline const struct insn *block_last(const struct block *block)
{
    return &block->insns[block->size - 1];
}

#endif
