/* COUNTER of the FPGA's system control on MPS2 and MPS3 boards (Arm DAI 0547, "FPGA I/O registers"): counts
 * up with 32 bits once in PRESCALE + 1 cycles of its clock.  It wraps after 214 s at 20 MHz, longer
 * than a window may last.
 */
#include "counter.h"

#include "board_config.h"

struct fpgaio {
    volatile uint32_t led0, reserved0, button, reserved1, clk1hz, clk100hz, counter, prescale, pscntr;
};

static struct fpgaio *const io = (struct fpgaio *)BOARD_COUNTER_BASE;

void counter_init(void)
{
    io->prescale = 0;
}

void counter_start(void)
{
    io->pscntr = 0; /* restarts the current tick */
    io->counter = 0;
}

uint64_t counter_elapsed(void)
{
    return io->counter;
}
