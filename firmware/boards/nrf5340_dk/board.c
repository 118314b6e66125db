/* Trimming, debug ports, clock and cache of the nRF5340-DK; sections in quotes are those of the nRF5340
 * Product Specification. */
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

/* "FICR: Factory information configuration registers", TRIMCNF: pairs of an address and a value. */
#define TRIM_ADDRESS(n) REGISTER(0x00FF0300u + 8u * (n))
#define TRIM_VALUE(n) REGISTER(0x00FF0304u + 8u * (n))
#define TRIM_NONE 0xFFFFFFFFu
#define TRIMS 32u

#define UICR_APPROTECT REGISTER(0x00FF8000u) /* "UICR: User information configuration registers" */
#define UICR_SECUREAPPROTECT REGISTER(0x00FF801Cu)
#define CTRLAP 0x50006000u /* "CTRL-AP: Control access port", Secure */
#define CTRLAP_APPROTECT_DISABLE REGISTER(CTRLAP + 0x544u)
#define CTRLAP_SECUREAPPROTECT_DISABLE REGISTER(CTRLAP + 0x54Cu)

#define HFCLK_HZ 128000000u

_Static_assert(BOARD_CLOCK_HZ == HFCLK_HZ || BOARD_CLOCK_HZ == HFCLK_HZ / 2u,
               "board.yaml: clock_hz");

/* What the factory measured of this chip is firmware's to write where it belongs. */
static void trim(void)
{
    for (uint32_t n = 0; n < TRIMS && TRIM_ADDRESS(n) != TRIM_NONE; n++)
        REGISTER(TRIM_ADDRESS(n)) = TRIM_VALUE(n);
}

/* Power-on, and a reset by pin, shut debuggers out until firmware repeats the key that UICR holds
 * ("Access port protection"): without it no probe could program the board a second time. */
static void open_debug_ports(void)
{
    CTRLAP_APPROTECT_DISABLE = UICR_APPROTECT;
    CTRLAP_SECUREAPPROTECT_DISABLE = UICR_SECUREAPPROTECT;
}

static void clock(void)
{
    CLOCK_HFCLKSTARTED = 0;
    CLOCK_HFCLKSTART = 1; /* the crystal, which the UART's timing and ours want */
    while (!CLOCK_HFCLKSTARTED)
        ;
    CLOCK_HFCLKCTRL = BOARD_CLOCK_HZ == HFCLK_HZ ? CLOCK_HFCLKCTRL_WHOLE : CLOCK_HFCLKCTRL_HALF;
}

void board_init(void)
{
    trim();
    open_debug_ports();
    clock();
    CACHE_ENABLE = BOARD_FLASH_CACHE;
}
