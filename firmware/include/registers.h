/* Registers of a chip, by their addresses. */
#ifndef HB_REGISTERS_H
#define HB_REGISTERS_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* The bits of `mask` become those of `value`. */
static inline void register_set(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    *reg = (*reg & ~mask) | value;
}

/* The same, and waits until the chip shows `shown` in the bits of `shown_mask`. */
static inline void register_switch(volatile uint32_t *reg, uint32_t mask, uint32_t value,
                                   uint32_t shown_mask, uint32_t shown)
{
    register_set(reg, mask, value);
    while ((*reg & shown_mask) != shown)
        ;
}

/* Sets bits and reads them back, which takes as long as a peripheral needs for its clock. */
static inline void register_clock(volatile uint32_t *reg, uint32_t bits)
{
    *reg |= bits;
    (void)*reg;
}

/* Sets bits, and waits until the chip shows others in the same register. */
static inline void register_enable(volatile uint32_t *reg, uint32_t bits, uint32_t ready)
{
    *reg |= bits;
    while (!(*reg & ready))
        ;
}

#endif
