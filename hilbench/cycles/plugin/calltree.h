/* Who called whom, and what each spent: nodes are told apart by call site and function. */
#ifndef HB_CALLTREE_H
#define HB_CALLTREE_H

#include <stdint.h>

#include "block.h"

struct node {
    int32_t parent; /* -1 for a root */
    uint32_t site;  /* address of the call; 0 for a root */
    int32_t function;
    uint64_t window; /* the last one that it took part in */
    uint64_t instructions;
    int64_t cycles;
    int32_t next; /* in its bucket */
};

/* A new window begins in this block. */
void calltree_open(const struct block *first);

/* Charges the node that is being executed. */
void calltree_charge(uint64_t instructions, int64_t cycles);

/* Execution goes on in `block`, which does not follow `before` in memory. */
void calltree_branch(const struct block *before, const struct block *block);

/* Calls `visit` for every node of this window, parents first. */
void calltree_each(void (*visit)(int32_t number, const struct node *node, void *context),
                   void *context);

#endif
