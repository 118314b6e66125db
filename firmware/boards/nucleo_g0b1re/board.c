/* Clock and console pins of the NUCLEO-G0B1RE.
 *
 * RM0444: reference manual of STM32G0x1; UM2324: manual of the Nucleo-64 boards (MB1360). Both are
 * cited by the titles of their sections, as the numbers change with the revision.
 */
#include "board.h"

#include "board_config.h"
#include "registers.h"

#define RCC 0x40021000u /* RM0444, "Reset and clock control" */
#define RCC_CR REGISTER(RCC + 0x00u)
#define RCC_CFGR REGISTER(RCC + 0x08u)
#define RCC_PLLCFGR REGISTER(RCC + 0x0Cu)
#define RCC_IOPENR REGISTER(RCC + 0x34u)
#define RCC_APBENR1 REGISTER(RCC + 0x3Cu)
#define RCC_CCIPR REGISTER(RCC + 0x54u)

#define RCC_CR_HSION (1u << 8)
#define RCC_CR_HSIRDY (1u << 10)
#define RCC_CR_PLLON (1u << 24)
#define RCC_CR_PLLRDY (1u << 25)
#define RCC_CFGR_SW_MASK 7u
#define RCC_CFGR_SW_PLL 2u
#define RCC_CFGR_SWS_MASK (7u << 3)
#define RCC_CFGR_SWS_PLL (2u << 3)
#define RCC_PLLCFGR_SRC_HSI16 2u
#define RCC_PLLCFGR_M(m) (((m) - 1u) << 4)
#define RCC_PLLCFGR_N(n) ((n) << 8)
#define RCC_PLLCFGR_REN (1u << 28)
#define RCC_PLLCFGR_R(r) (((r) - 1u) << 29)
#define RCC_IOPENR_GPIOAEN (1u << 0)
#define RCC_APBENR1_USART2EN (1u << 17)
#define RCC_CCIPR_USART2_MASK (3u << 2)
#define RCC_CCIPR_USART2_HSI16 (2u << 2)

#define FLASH_ACR REGISTER(0x40022000u) /* RM0444, "Embedded Flash memory" */
#define FLASH_ACR_LATENCY_MASK 7u
#define FLASH_ACR_PRFTEN (1u << 8)
#define FLASH_ACR_ICEN (1u << 9)

#define GPIOA 0x50000000u /* RM0444, "General-purpose I/Os" */
#define GPIOA_MODER REGISTER(GPIOA + 0x00u)
#define GPIOA_AFRL REGISTER(GPIOA + 0x20u)
#define AF1_USART2 1u

#define HSI16_HZ 16000000u
#define PLL_M 1u
#define PLL_N 8u
#define PLL_R 2u

_Static_assert(HSI16_HZ / PLL_M * PLL_N / PLL_R == BOARD_CLOCK_HZ, "board.yaml: clock_hz");
_Static_assert(BOARD_UART_CLOCK_HZ == HSI16_HZ, "board.yaml: uart.clock_hz");
/* RM0444, "Read access latency". */
_Static_assert(BOARD_FLASH_WAIT_STATES >= 2, "64 MHz needs 2 wait states");

static void flash(void)
{
    register_switch(&FLASH_ACR, FLASH_ACR_LATENCY_MASK, BOARD_FLASH_WAIT_STATES,
                    FLASH_ACR_LATENCY_MASK, BOARD_FLASH_WAIT_STATES);
    register_set(&FLASH_ACR, FLASH_ACR_PRFTEN | FLASH_ACR_ICEN,
                 (BOARD_FLASH_PREFETCH ? FLASH_ACR_PRFTEN : 0) |
                     (BOARD_FLASH_ICACHE ? FLASH_ACR_ICEN : 0));
}

/* HSI16 through the PLL. After reset the regulator is in range 1, which 64 MHz needs (RM0444,
 * "Dynamic voltage scaling management"), and the core runs from HSI16 itself. */
static void clock(void)
{
    register_enable(&RCC_CR, RCC_CR_HSION, RCC_CR_HSIRDY);
    RCC_PLLCFGR = RCC_PLLCFGR_SRC_HSI16 | RCC_PLLCFGR_M(PLL_M) | RCC_PLLCFGR_N(PLL_N) |
                  RCC_PLLCFGR_R(PLL_R) | RCC_PLLCFGR_REN;
    register_enable(&RCC_CR, RCC_CR_PLLON, RCC_CR_PLLRDY);
    register_switch(&RCC_CFGR, RCC_CFGR_SW_MASK, RCC_CFGR_SW_PLL, RCC_CFGR_SWS_MASK,
                    RCC_CFGR_SWS_PLL);
}

/* USART2 on PA2 (TX) and PA3 (RX) is the ST-LINK's port (UM2324, "Virtual COM port"). */
static void console_pins(void)
{
    register_clock(&RCC_IOPENR, RCC_IOPENR_GPIOAEN);
    register_set(&GPIOA_AFRL, 0xFFu << 8, AF1_USART2 << 8 | AF1_USART2 << 12);
    register_set(&GPIOA_MODER, 0xFu << 4, 0xAu << 4); /* alternate function */
    register_set(&RCC_CCIPR, RCC_CCIPR_USART2_MASK, RCC_CCIPR_USART2_HSI16);
    register_clock(&RCC_APBENR1, RCC_APBENR1_USART2EN);
}

void board_init(void)
{
    flash();
    clock();
    console_pins();
}
