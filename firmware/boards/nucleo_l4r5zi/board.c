/* Clock, power and console pins of the NUCLEO-L4R5ZI.
 *
 * RM0432: reference manual of STM32L4+; UM2179: manual of the Nucleo-144 boards (MB1312). Both
 * are cited by the titles of their sections, as the numbers change with the revision.
 */
#include "board.h"

#include "board_config.h"
#include "registers.h"

#define RCC 0x40021000u /* RM0432, "Reset and clock control" */
#define RCC_CR REGISTER(RCC + 0x00u)
#define RCC_CFGR REGISTER(RCC + 0x08u)
#define RCC_PLLCFGR REGISTER(RCC + 0x0Cu)
#define RCC_AHB2ENR REGISTER(RCC + 0x4Cu)
#define RCC_APB1ENR1 REGISTER(RCC + 0x58u)
#define RCC_APB1ENR2 REGISTER(RCC + 0x5Cu)
#define RCC_CCIPR REGISTER(RCC + 0x88u)

#define RCC_CR_HSION (1u << 8)
#define RCC_CR_HSIRDY (1u << 10)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_CFGR_SW_PLL 3u
#define RCC_CFGR_SWS_MASK (3u << 2)
#define RCC_CFGR_SWS_PLL (3u << 2)
#define RCC_CFGR_HPRE_MASK (0xFu << 4)
#define RCC_CFGR_HPRE_DIV2 (8u << 4)
#define RCC_PLLCFGR_SRC_HSI16 2u
#define RCC_PLLCFGR_M(m) (((m) - 1u) << 4)
#define RCC_PLLCFGR_N(n) ((n) << 8)
#define RCC_PLLCFGR_REN (1u << 24)
#define RCC_PLLCFGR_R(r) (((r) / 2u - 1u) << 25)
#define RCC_AHB2ENR_GPIOGEN (1u << 6)
#define RCC_APB1ENR1_PWREN (1u << 28)
#define RCC_APB1ENR2_LPUART1EN (1u << 0)
#define RCC_CCIPR_LPUART1_MASK (3u << 10)
#define RCC_CCIPR_LPUART1_HSI16 (2u << 10)

#define PWR 0x40007000u /* RM0432, "Power control" */
#define PWR_CR1 REGISTER(PWR + 0x00u)
#define PWR_CR2 REGISTER(PWR + 0x04u)
#define PWR_SR2 REGISTER(PWR + 0x14u)
#define PWR_CR5 REGISTER(PWR + 0x80u)
#define PWR_CR1_VOS_MASK (3u << 9)
#define PWR_CR1_VOS_RANGE1 (1u << 9)
#define PWR_CR2_IOSV (1u << 9)
#define PWR_SR2_VOSF (1u << 10)
#define PWR_CR5_R1MODE (1u << 8)

#define FLASH_ACR REGISTER(0x40022000u) /* RM0432, "Embedded Flash memory" */
#define FLASH_ACR_LATENCY_MASK 0xFu
#define FLASH_ACR_PRFTEN (1u << 8)
#define FLASH_ACR_ICEN (1u << 9)
#define FLASH_ACR_DCEN (1u << 10)

#define GPIOG 0x48001800u /* RM0432, "General-purpose I/Os" */
#define GPIOG_MODER REGISTER(GPIOG + 0x00u)
#define GPIOG_OSPEEDR REGISTER(GPIOG + 0x08u)
#define GPIOG_AFRL REGISTER(GPIOG + 0x20u)
#define GPIOG_AFRH REGISTER(GPIOG + 0x24u)
#define AF8_LPUART1 8u

#define HSI16_HZ 16000000u
#define PLL_M 2u
#define PLL_N 30u
#define PLL_R 2u

_Static_assert(HSI16_HZ / PLL_M * PLL_N / PLL_R == BOARD_CLOCK_HZ, "board.yaml: clock_hz");
_Static_assert(BOARD_UART_CLOCK_HZ == HSI16_HZ, "board.yaml: uart.clock_hz");
/* RM0432, "Read access latency". */
_Static_assert(BOARD_FLASH_WAIT_STATES >= 5, "120 MHz needs 5 wait states");

/* Range 1 boost mode, without which 80 MHz is the limit (RM0432, "Dynamic voltage scaling
 * management"). */
static void power(void)
{
    register_clock(&RCC_APB1ENR1, RCC_APB1ENR1_PWREN);
    register_set(&PWR_CR1, PWR_CR1_VOS_MASK, PWR_CR1_VOS_RANGE1);
    while (PWR_SR2 & PWR_SR2_VOSF)
        ;
    PWR_CR5 &= ~PWR_CR5_R1MODE;
}

static void flash(void)
{
    register_switch(&FLASH_ACR, FLASH_ACR_LATENCY_MASK, BOARD_FLASH_WAIT_STATES,
                    FLASH_ACR_LATENCY_MASK, BOARD_FLASH_WAIT_STATES);
    register_set(&FLASH_ACR, FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN,
                 (BOARD_FLASH_PREFETCH ? FLASH_ACR_PRFTEN : 0) |
                     (BOARD_FLASH_ICACHE ? FLASH_ACR_ICEN : 0) |
                     (BOARD_FLASH_DCACHE ? FLASH_ACR_DCEN : 0));
}

/* More than 1 us at 60 MHz, whatever a pass of the loop takes. */
static void wait_1_us(void)
{
    for (volatile uint32_t n = 0; n < 60; n++)
        ;
}

/* HSI16 through the PLL. Above 80 MHz the AHB clock is to pass through half of it first
 * (RM0432, "Clock source frequency versus voltage scaling"). */
static void clock(void)
{
    register_enable(&RCC_CR, RCC_CR_HSION, RCC_CR_HSIRDY);
    RCC_PLLCFGR = RCC_PLLCFGR_SRC_HSI16 | RCC_PLLCFGR_M(PLL_M) | RCC_PLLCFGR_N(PLL_N) |
                  RCC_PLLCFGR_R(PLL_R) | RCC_PLLCFGR_REN;
    register_enable(&RCC_CR, RCC_CR_PLLON, RCC_CR_PLLRDY);
    register_set(&RCC_CFGR, RCC_CFGR_HPRE_MASK, RCC_CFGR_HPRE_DIV2);
    register_switch(&RCC_CFGR, 0, RCC_CFGR_SW_PLL, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL);
    wait_1_us();
    register_set(&RCC_CFGR, RCC_CFGR_HPRE_MASK, 0);
}

/* LPUART1 on PG7 (TX) and PG8 (RX) is the ST-LINK's port (UM2179, "Virtual COM port"). PG2 to
 * PG15 are supplied by VDDIO2, which must be declared valid (RM0432, "Independent I/O supply
 * rail"). */
static void console_pins(void)
{
    PWR_CR2 |= PWR_CR2_IOSV;
    register_clock(&RCC_AHB2ENR, RCC_AHB2ENR_GPIOGEN);
    register_set(&GPIOG_AFRL, 0xFu << 28, AF8_LPUART1 << 28);
    register_set(&GPIOG_AFRH, 0xFu << 0, AF8_LPUART1 << 0);
    register_set(&GPIOG_OSPEEDR, 0xFu << 14, 0x5u << 14);
    register_set(&GPIOG_MODER, 0xFu << 14, 0xAu << 14); /* alternate function */
    register_set(&RCC_CCIPR, RCC_CCIPR_LPUART1_MASK, RCC_CCIPR_LPUART1_HSI16);
    register_clock(&RCC_APB1ENR2, RCC_APB1ENR2_LPUART1EN);
}

void board_init(void)
{
    power();
    flash();
    clock();
    console_pins();
}
