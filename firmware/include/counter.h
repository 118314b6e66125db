/* What is read around an invocation: one driver in counter/ per kind of counter.
 *
 * A tick is what board.yaml says: a cycle of the core, a number of emulated instructions.
 */
#ifndef HB_COUNTER_H
#define HB_COUNTER_H

#include <stdint.h>

void counter_init(void);

/* Starts a window. The counter restarts at a tick's beginning: the phase of a free-running
 * one would differ from run to run by up to a tick. */
void counter_start(void);

/* Ticks since counter_start, without overflow. */
uint64_t counter_elapsed(void);

#endif
