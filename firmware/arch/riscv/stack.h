/* A painted stack with a high-water mark and a guard. */
#ifndef HB_STACK_H
#define HB_STACK_H

#include <stdbool.h>
#include <stdint.h>

/* Fills what lies below the caller's frame with a pattern. Called once, from reset. */
void stack_paint(void);

/* Makes an overflow trap. */
void stack_guard(void);

/* Whether an address is in the guard. */
bool stack_guards(uint32_t address);

#endif
