/* A stack that start-up fills with a pattern: what was overwritten was used. */
#ifndef HB_PAINTED_STACK_H
#define HB_PAINTED_STACK_H

#include <stddef.h>

#include "memory.h"

enum { STACK_PATTERN = 0x5AA5C33C };

/* Fills all but what lies from `spare` words below `frame`. Never a call: it would paint over its
 * own frame. */
__attribute__((always_inline)) static inline void painted_stack_fill(volatile uint32_t *frame,
                                                                     ptrdiff_t spare)
{
    for (volatile uint32_t *word = hb_stack_bottom; word < frame - spare; word++)
        *word = STACK_PATTERN;
}

/* In bytes, as cpu_stack_size and cpu_stack_used answer. */
static inline uint32_t painted_stack_size(void)
{
    return (uint32_t)(hb_stack_top - hb_stack_bottom) * sizeof(uint32_t);
}

static inline uint32_t painted_stack_used(void)
{
    const volatile uint32_t *word = hb_stack_bottom;

    while (word < hb_stack_top && *word == STACK_PATTERN)
        word++;
    return (uint32_t)(hb_stack_top - word) * sizeof(uint32_t);
}

#endif
