/* Flash behind ST's ART accelerator (RM0432, section 3.3.4): one port, shared by
 * instruction fetches and data, with a line buffer and a cache for each.
 *
 * Times are cycles. A read takes 1 cycle from a buffer or a cache and 1 + wait states
 * from the array, which serves one read after the other.
 */
#ifndef HB_FLASH_H
#define HB_FLASH_H

#include <stdint.h>

#include "model.h"

struct flash {
    struct range range;           /* where reads can wait: nowhere without wait states */
    uint32_t placement;           /* added to every address in it */
    uint32_t read_mask;           /* address of the read that an address belongs to */
    uint32_t current_instruction; /* the line buffers: address of their read */
    uint32_t current_data;
    uint64_t instruction_reads, data_reads; /* of the array */
};

extern struct flash flash;

void flash_init(void);

/* Buffers and caches empty, port free. */
void flash_reset(void);

/* The cycle in which a read that may begin at `start` has ended; addresses are those of the
 * placement. */
int64_t flash_miss_instruction(uint32_t address, int64_t start);
int64_t flash_miss_data(uint32_t address, int64_t start);

static inline int64_t flash_instruction(uint32_t address, int64_t start)
{
    const uint32_t placed = address + flash.placement;

    if ((placed & flash.read_mask) == flash.current_instruction || !within(flash.range, address))
        return start + 1;
    return flash_miss_instruction(placed, start);
}

static inline int64_t flash_data(uint32_t address, int64_t start)
{
    const uint32_t placed = address + flash.placement;

    if ((placed & flash.read_mask) == flash.current_data || !within(flash.range, address))
        return start + 1;
    return flash_miss_data(placed, start);
}

#endif
