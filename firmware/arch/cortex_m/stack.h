/* A painted stack with a high-water mark and a guard. */
#ifndef HB_STACK_H
#define HB_STACK_H

/* Fills what lies below the caller's frame with a pattern. Called once, from reset. */
void stack_paint(void);

/* Makes an overflow fault, where the core can: not every memory map ends below the stack. */
void stack_guard(void);

#endif
