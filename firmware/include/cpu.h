/* What the core needs of a CPU family: one folder in arch/ each,
 * which also holds the start-up code, and host_call.h where the family has semihosting. */
#ifndef HB_CPU_H
#define HB_CPU_H

#include <stdint.h>

/* Runs `passes` times two instructions, for the counter's self-test. */
void cpu_spin(uint32_t passes);

/* Size of the stack, and the most of it that was used so far; both 0 where it is not watched. */
uint32_t cpu_stack_size(void);
uint32_t cpu_stack_used(void);

/* The bench loop, which start-up ends in. */
void bench_run(void);

#endif
