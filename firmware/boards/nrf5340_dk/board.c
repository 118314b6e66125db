/* Clock and cache of the nRF5340-DK; sections in quotes are those of the nRF5340 Product Specification. */
#include "board.h"

#include "board_config.h"
#include "registers.h"

#define CLOCK 0x50005000u /* "CLOCK: Clock control", Secure */
#define CLOCK_HFCLKSTART REGISTER(CLOCK + 0x000u)
#define CLOCK_HFCLKSTARTED REGISTER(CLOCK + 0x100u)
#define CLOCK_HFCLKCTRL REGISTER(CLOCK + 0x558u)
#define CLOCK_HFCLKCTRL_WHOLE 0u
#define CLOCK_HFCLKCTRL_HALF 1u

#define CACHE_ENABLE REGISTER(0x50001000u + 0x500u) /* "CACHE: Instruction/data cache", Secure */

#define HFCLK_HZ 128000000u

_Static_assert(BOARD_CLOCK_HZ == HFCLK_HZ || BOARD_CLOCK_HZ == HFCLK_HZ / 2u,
               "board.yaml: clock_hz");

void board_init(void)
{
    CLOCK_HFCLKSTARTED = 0;
    CLOCK_HFCLKSTART = 1; /* the crystal, which the UART's timing and ours want */
    while (!CLOCK_HFCLKSTARTED)
        ;
    CLOCK_HFCLKCTRL = BOARD_CLOCK_HZ == HFCLK_HZ ? CLOCK_HFCLKCTRL_WHOLE : CLOCK_HFCLKCTRL_HALF;
    CACHE_ENABLE = BOARD_FLASH_CACHE;
}
