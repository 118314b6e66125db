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

/* Sets bits, and waits until the chip shows others in the same register. */
static inline void register_enable(volatile uint32_t *reg, uint32_t bits, uint32_t ready)
{
    *reg |= bits;
    while (!(*reg & ready))
        ;
}

#endif
