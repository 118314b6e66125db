/* Everything the host says about core, chip and image: one text file, read once. */
#ifndef HB_MODEL_H
#define HB_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"

/* Cycles of one kind of instruction on a zero-wait system. */
struct timing {
    uint32_t cycles;
    uint32_t per_transfer; /* more for each word transferred */
    uint32_t refill;       /* more when the branch is taken */
    uint32_t pipelined;    /* fewer when the preceding instruction leads */
    uint32_t leads;        /* 1: a following load or store can overlap with this one */
    uint32_t fpu_busy;     /* cycles for which the next FPU instruction must wait */
};

struct range {
    uint32_t start, end; /* end is the first address behind */
};

struct bank {
    struct range range;
    uint32_t load_cycles; /* more for each word loaded */
};

struct function {
    struct range range;
};

struct model {
    struct timing timing[KINDS];

    /* Rules between neighbouring instructions, in cycles. */
    uint32_t address_stall;     /* an address made of the preceding result */
    uint32_t fpu_result_stall;  /* an FPU result that the next instruction needs */
    uint32_t it_folded;         /* fewer for an IT behind a 16-bit instruction */
    uint32_t misaligned_target; /* a branch to a 32-bit instruction across words */
    uint32_t unaligned_access;  /* each further bus transfer of an unaligned load */
    uint32_t unaligned_load;    /* once for an unaligned load, besides its transfers */
    uint32_t flag_branch;       /* a taken conditional branch right behind an ALU instruction */
    uint32_t fetch_buffer;      /* words fetched ahead */
    uint32_t fetch_restart;     /* to fetch again after the buffer was full */
    uint32_t bus_switch;        /* lost by a load that follows one on the other bus */

    struct range flash, ram, stack;
    uint32_t placement; /* bytes by which all of flash is moved: where a linker may put an image */
    uint32_t wait_states;
    uint32_t read_extra; /* cycles of a read of the array besides the wait states */
    uint32_t read_bytes; /* width of one flash read */
    uint32_t line_bytes; /* of the caches */
    uint32_t line_fill;  /* 1: a miss reads the rest of its line as well */
    uint32_t data_buffer; /* 1: what a load read last from the array is at hand */
    uint32_t shared_cache; /* 1: the instruction cache is that of loads, too */
    uint32_t cache_ways; /* lines that one address can be in; 0: all */
    uint32_t instruction_lines, data_lines; /* 0: cache off */
    uint32_t riscv; /* 1: instructions of RISC-V, 0: Thumb */
    uint32_t timed; /* 0: there is no table, and a cycle is an instruction */
    uint32_t prefetch;
    uint32_t prefetch_kept; /* 1: a prefetched read that is used goes into the cache */
    struct bank *banks;     /* RAM whose loads take longer */
    uint32_t bank_count;

    struct range start_mark; /* the function whose return opens a window */
    uint32_t end_mark;       /* the function whose entry closes it */

    struct function *functions; /* sorted by address */
    uint32_t function_count;
    char *output;
};

extern struct model model;

/* False after a message to stderr when the file cannot be read or says something unknown. */
bool model_read(const char *path);

/* Index of the function that contains the address, or -1. */
int32_t model_function_at(uint32_t address);

/* Where code and data in flash are fetched over the I-Code and D-Code buses; everything else
 * is on the System bus (DDI 0439D, 2.3.1).
 */
static inline bool model_on_code_bus(uint32_t address)
{
    return address < 0x20000000;
}

/* Whether a load from RAM can take longer than its instruction says. */
static inline bool model_ram_matters(void)
{
    return model.bus_switch > 0 || model.bank_count > 0;
}

static inline bool within(struct range range, uint32_t address)
{
    return address - range.start < range.end - range.start;
}

#endif
