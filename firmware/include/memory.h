/* Symbols of the generated linker script (hilbench/image/linker.py). */
#ifndef HB_MEMORY_H
#define HB_MEMORY_H

#include <stdint.h>

extern uint32_t hb_stack_bottom[], hb_stack_top[];
extern uint32_t hb_data_start[], hb_data_end[];
extern const uint32_t hb_data_load[];
extern uint32_t hb_bss_start[], hb_bss_end[];

#endif
