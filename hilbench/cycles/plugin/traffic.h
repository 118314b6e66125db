/* Loads and stores by memory region, and how deep the stack went. */
#ifndef HB_TRAFFIC_H
#define HB_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

enum region { REGION_FLASH, REGION_RAM, REGION_OTHER, REGIONS };

struct traffic {
    uint64_t accesses[2][REGIONS]; /* words or less; [1] are stores */
    uint64_t unaligned;            /* accesses at no multiple of their size */
    uint32_t unaligned_at;         /* the last instruction that did */
    uint32_t stack_low;            /* lowest address stored to in the stack, or its end */
};

extern struct traffic traffic;

void traffic_reset(void);

static inline enum region traffic_region(uint32_t address)
{
    if (within(model.ram, address))
        return REGION_RAM;
    return within(model.flash, address) ? REGION_FLASH : REGION_OTHER;
}

static inline void traffic_stack(uint32_t address)
{
    if (within(model.stack, address) && address < traffic.stack_low)
        traffic.stack_low = address;
}

#endif
