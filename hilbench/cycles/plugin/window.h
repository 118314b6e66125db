/* What lies between the two marks of the bench loop, from opening to its record. */
#ifndef HB_WINDOW_H
#define HB_WINDOW_H

#include <stdbool.h>

#include "block.h"
#include "pipeline.h"

extern bool window_is_open;

/* False when the output cannot be written. */
bool window_init(void);

/* Execution is about to begin at `first`, with an empty pipeline and empty caches. */
void window_open(const struct block *first);

/* `block` was executed and `next` comes. */
void window_account(struct block *block, const struct block *next, const struct touched *touched);

/* Writes the record. */
void window_close(void);

#endif
