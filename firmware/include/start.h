/* From reset to the bench loop, on a core without an operating system.
 *
 * What each core does first is its own: inline, since nothing is set up yet. */
#ifndef HB_START_H
#define HB_START_H

#include "board.h"
#include "cpu.h"
#include "memory.h"

typedef void (*handler)(void);

extern const handler __init_array_start[], __init_array_end[];

static inline void set_up_memory(void)
{
    const uint32_t *from = hb_data_load;

    for (uint32_t *to = hb_data_start; to < hb_data_end; to++)
        *to = *from++;
    for (uint32_t *to = hb_bss_start; to < hb_bss_end; to++)
        *to = 0;
}

static inline void start_bench(void)
{
    set_up_memory();
    for (const handler *constructor = __init_array_start; constructor < __init_array_end;
         constructor++)
        (*constructor)();
    board_init();
    bench_run();
}

#endif
