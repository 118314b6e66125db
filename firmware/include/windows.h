/* What is timed. A file of its own, since it is compiled as the engine is. */
#ifndef HB_WINDOWS_H
#define HB_WINDOWS_H

#include <stdint.h>

/* Ticks of the board's counter: of nothing, of `passes` of cpu_spin, and of `iterations` of
 * timed_invoke, which end with the first code that is not 0. */
uint64_t window_of_nothing(void);
uint64_t window_of_spin(uint32_t passes);
uint64_t window_of_invocations(uint32_t iterations, int *code);

#endif
