/* The high-water mark of a painted stack. */
#ifndef HB_STACK_H
#define HB_STACK_H

/* Fills what lies below the caller's frame with a pattern. Called once, from reset. */
void stack_paint(void);

#endif
