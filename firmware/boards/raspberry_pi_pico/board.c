/* Boot stage, clock and console pins of the Raspberry Pi Pico.
 *
 * Sections in quotes are those of the RP2040 Datasheet.
 */
#include "board.h"

#include "board_config.h"
#include "registers.h"

/* "Boot ROM": it copies the first 256 bytes of the flash into RAM and runs them, if the last word is
 * the CRC-32 of the rest (tests/emulator/test_probed_images.py computes it). They set the flash controller up
 * ("SSI") for the read command 03h, which every flash has, at a quarter of the clock, and start the
 * image behind them. */
__asm__(".syntax unified\n\t"
        ".pushsection .boot, \"ax\", %progbits\n\t"
        ".thumb_func\n\t"
        ".type pico_boot, %function\n"
        "pico_boot:\n\t"
        "ldr    r3, 1f\n\t"
        "movs   r1, #0\n\t"
        "str    r1, [r3, #0x08]\n\t" /* SSIENR: off */
        "movs   r2, #4\n\t"
        "str    r2, [r3, #0x14]\n\t" /* BAUDR */
        "ldr    r2, 2f\n\t"
        "str    r2, [r3, #0x00]\n\t" /* CTRLR0 */
        "str    r1, [r3, #0x04]\n\t" /* CTRLR1: one frame */
        "ldr    r2, 3f\n\t"
        "movs   r0, #0xF4\n\t"
        "str    r2, [r3, r0]\n\t" /* SPI_CTRLR0 */
        "movs   r2, #1\n\t"
        "str    r2, [r3, #0x08]\n\t" /* SSIENR: on */
        "ldr    r0, 4f\n\t"
        "ldr    r1, 5f\n\t"
        "str    r0, [r1]\n\t" /* VTOR */
        "ldmia  r0, {r0, r1}\n\t"
        "msr    msp, r0\n\t"
        "bx     r1\n\t"
        ".balign 4\n"
        "1:\t.word 0x18000000\n" /* SSI */
        "2:\t.word 0x001F0300\n" /* frames of 32 bits, written address, then read */
        "3:\t.word 0x03000218\n" /* command 03h of 8 bits, address of 24 */
        "4:\t.word 0x10000100\n" /* the image's vector table */
        "5:\t.word 0xE000ED08\n\t"
        ".org   252\n\t"
        ".word  0x661914e1\n\t"
        ".size  pico_boot, 256\n\t"
        ".popsection\n");

#define RESETS 0x4000C000u /* "Subsystem resets" */
#define RESETS_RESET REGISTER(RESETS + 0x0u)
#define RESETS_DONE REGISTER(RESETS + 0x8u)
#define RESET_IO_BANK0 (1u << 5)
#define RESET_PADS_BANK0 (1u << 8)
#define RESET_PLL_SYS (1u << 12)
#define RESET_UART0 (1u << 22)

#define XOSC 0x40024000u /* "Crystal oscillator (XOSC)" */
#define XOSC_CTRL REGISTER(XOSC + 0x00u)
#define XOSC_STATUS REGISTER(XOSC + 0x04u)
#define XOSC_STARTUP REGISTER(XOSC + 0x0Cu)
#define XOSC_CTRL_ENABLE_1_TO_15_MHZ (0xFABu << 12 | 0xAA0u)
#define XOSC_STATUS_STABLE (1u << 31)
#define XOSC_STARTUP_1_MS 47u /* 256 cycles each */

#define PLL_SYS 0x40028000u /* "PLL" */
#define PLL_CS REGISTER(PLL_SYS + 0x0u)
#define PLL_PWR REGISTER(PLL_SYS + 0x4u)
#define PLL_FBDIV REGISTER(PLL_SYS + 0x8u)
#define PLL_PRIM REGISTER(PLL_SYS + 0xCu)
#define PLL_CS_LOCK (1u << 31)
#define PLL_PWR_PD (1u << 0)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_PWR_VCOPD (1u << 5)
#define PLL_PRIM_POSTDIV(first, second) ((first) << 16 | (second) << 12)

#define CLOCKS 0x40008000u /* "Clocks" */
#define CLK_REF_CTRL REGISTER(CLOCKS + 0x30u)
#define CLK_REF_SELECTED REGISTER(CLOCKS + 0x38u)
#define CLK_SYS_CTRL REGISTER(CLOCKS + 0x3Cu)
#define CLK_SYS_SELECTED REGISTER(CLOCKS + 0x44u)
#define CLK_PERI_CTRL REGISTER(CLOCKS + 0x48u)
#define CLK_REF_XOSC 2u
#define CLK_SYS_AUX 1u /* of which the first is the PLL */
#define CLK_PERI_ENABLED_XOSC (1u << 11 | 4u << 5)

#define IO_BANK0 0x40014000u /* "GPIO" */
#define GPIO_CTRL(n) REGISTER(IO_BANK0 + 8u * (n) + 4u)
#define GPIO_UART 2u

#define XOSC_HZ 12000000u
#define PLL_FEEDBACK 125u
#define PLL_FIRST 6u
#define PLL_SECOND 2u

_Static_assert(XOSC_HZ * PLL_FEEDBACK / PLL_FIRST / PLL_SECOND == BOARD_CLOCK_HZ,
               "board.yaml: clock_hz");
_Static_assert(BOARD_UART_CLOCK_HZ == XOSC_HZ, "board.yaml: uart.clock_hz");

static void release(uint32_t blocks)
{
    RESETS_RESET &= ~blocks;
    while ((RESETS_DONE & blocks) != blocks)
        ;
}

static void select(volatile uint32_t *control, uint32_t source, volatile uint32_t *selected)
{
    *control = source;
    while (!(*selected & 1u << source))
        ;
}

/* A debugger may have left the PLL running, from which the core must not run while it is reset. */
static void clock(void)
{
    XOSC_STARTUP = XOSC_STARTUP_1_MS;
    XOSC_CTRL = XOSC_CTRL_ENABLE_1_TO_15_MHZ;
    while (!(XOSC_STATUS & XOSC_STATUS_STABLE))
        ;
    select(&CLK_SYS_CTRL, 0, &CLK_SYS_SELECTED);
    select(&CLK_REF_CTRL, CLK_REF_XOSC, &CLK_REF_SELECTED);
    RESETS_RESET |= RESET_PLL_SYS;
    release(RESET_PLL_SYS);
    PLL_CS = 1; /* divides the crystal by one */
    PLL_FBDIV = PLL_FEEDBACK;
    PLL_PWR &= ~(PLL_PWR_PD | PLL_PWR_VCOPD);
    while (!(PLL_CS & PLL_CS_LOCK))
        ;
    PLL_PRIM = PLL_PRIM_POSTDIV(PLL_FIRST, PLL_SECOND);
    PLL_PWR &= ~PLL_PWR_POSTDIVPD;
    select(&CLK_SYS_CTRL, CLK_SYS_AUX, &CLK_SYS_SELECTED);
}

/* GP0 (TX) and GP1 (RX), pins 1 and 2 of the board. */
static void console_pins(void)
{
    CLK_PERI_CTRL = CLK_PERI_ENABLED_XOSC;
    release(RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_UART0);
    GPIO_CTRL(0) = GPIO_UART;
    GPIO_CTRL(1) = GPIO_UART;
}

void board_init(void)
{
    clock();
    console_pins();
}
