/* Control and status registers (The RISC-V Instruction Set Manual, Volume II, 20211203, chapter 2). */
#ifndef HB_CSR_H
#define HB_CSR_H

#include <stdint.h>

#define CSR_READ(name)                                                                            \
    ({                                                                                            \
        uint32_t csr_value_;                                                                      \
        __asm volatile("csrr %0, " #name : "=r"(csr_value_));                                     \
        csr_value_;                                                                               \
    })

#define CSR_WRITE(name, value) __asm volatile("csrw " #name ", %0" : : "r"(value) : "memory")

#endif
