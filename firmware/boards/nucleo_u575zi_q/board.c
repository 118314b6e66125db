/* Clock, power, cache and console pins of the NUCLEO-U575ZI-Q.
 *
 * RM0456: reference manual of STM32U5; UM2861: manual of the Nucleo-144 boards (MB1549). Both are
 * cited by the titles of their sections, as the numbers change with the revision.
 */
#include "board.h"

#include "board_config.h"
#include "registers.h"

#define RCC 0x46020C00u /* RM0456, "Reset and clock control" */
#define RCC_CR REGISTER(RCC + 0x00u)
#define RCC_CFGR1 REGISTER(RCC + 0x1Cu)
#define RCC_PLL1CFGR REGISTER(RCC + 0x28u)
#define RCC_PLL1DIVR REGISTER(RCC + 0x34u)
#define RCC_AHB2ENR1 REGISTER(RCC + 0x8Cu)
#define RCC_AHB3ENR REGISTER(RCC + 0x94u)
#define RCC_APB2ENR REGISTER(RCC + 0xA4u)
#define RCC_CCIPR1 REGISTER(RCC + 0xE0u)

#define RCC_CR_HSION (1u << 8)
#define RCC_CR_HSIRDY (1u << 10)
#define RCC_CR_PLL1ON (1u << 24)
#define RCC_CR_PLL1RDY (1u << 25)
#define RCC_CFGR1_SW_PLL 3u
#define RCC_CFGR1_SWS_MASK (3u << 2)
#define RCC_CFGR1_SWS_PLL (3u << 2)
#define RCC_PLL1CFGR_SRC_HSI16 2u
#define RCC_PLL1CFGR_RGE_8_TO_16_MHZ (3u << 2)
#define RCC_PLL1CFGR_M(m) (((m) - 1u) << 8)
#define RCC_PLL1CFGR_MBOOST_DIV1 (0u << 12)
#define RCC_PLL1CFGR_REN (1u << 18)
#define RCC_PLL1DIVR_N(n) ((n) - 1u)
#define RCC_PLL1DIVR_R(r) (((r) - 1u) << 24)
#define RCC_PLL1DIVR_P_AND_Q_RESET (1u << 9 | 1u << 16)
#define RCC_AHB2ENR1_GPIOAEN (1u << 0)
#define RCC_AHB3ENR_PWREN (1u << 2)
#define RCC_APB2ENR_USART1EN (1u << 14)
#define RCC_CCIPR1_USART1_MASK 3u
#define RCC_CCIPR1_USART1_HSI16 2u

#define PWR_VOSR REGISTER(0x46020800u + 0x0Cu) /* RM0456, "Power control" */
#define PWR_VOSR_BOOSTRDY (1u << 14)
#define PWR_VOSR_VOSRDY (1u << 15)
#define PWR_VOSR_RANGE1 (3u << 16)
#define PWR_VOSR_BOOSTEN (1u << 18)

#define FLASH_ACR REGISTER(0x40022000u) /* RM0456, "Embedded Flash memory" */
#define FLASH_ACR_LATENCY_MASK 0xFu
#define FLASH_ACR_PRFTEN (1u << 8)

#define ICACHE_CR REGISTER(0x40030400u) /* RM0456, "Instruction cache" */
#define ICACHE_CR_EN (1u << 0)

#define GPIOA 0x42020000u /* RM0456, "General-purpose I/Os" */
#define GPIOA_MODER REGISTER(GPIOA + 0x00u)
#define GPIOA_AFRH REGISTER(GPIOA + 0x24u)
#define AF7_USART1 7u

#define HSI16_HZ 16000000u
#define PLL_M 1u
#define PLL_N 10u
#define PLL_R 1u

_Static_assert(HSI16_HZ / PLL_M * PLL_N / PLL_R == BOARD_CLOCK_HZ, "board.yaml: clock_hz");
_Static_assert(BOARD_UART_CLOCK_HZ == HSI16_HZ, "board.yaml: uart.clock_hz");
/* RM0456, "Read access latency". */
_Static_assert(BOARD_FLASH_WAIT_STATES >= 4, "160 MHz needs 4 wait states");

static void flash(void)
{
    register_switch(&FLASH_ACR, FLASH_ACR_LATENCY_MASK | FLASH_ACR_PRFTEN,
                    BOARD_FLASH_WAIT_STATES | (BOARD_FLASH_PREFETCH ? FLASH_ACR_PRFTEN : 0),
                    FLASH_ACR_LATENCY_MASK, BOARD_FLASH_WAIT_STATES);
    if (BOARD_FLASH_ICACHE)
        ICACHE_CR |= ICACHE_CR_EN;
}

/* The PLL's source is chosen first: the booster of range 1, which more than 55 MHz need, runs from
 * it (RM0456, "Embedded power distribution booster"). */
static void power(void)
{
    register_enable(&RCC_CR, RCC_CR_HSION, RCC_CR_HSIRDY);
    RCC_PLL1CFGR = RCC_PLL1CFGR_SRC_HSI16 | RCC_PLL1CFGR_RGE_8_TO_16_MHZ | RCC_PLL1CFGR_M(PLL_M) |
                   RCC_PLL1CFGR_MBOOST_DIV1 | RCC_PLL1CFGR_REN;
    register_clock(&RCC_AHB3ENR, RCC_AHB3ENR_PWREN);
    register_enable(&PWR_VOSR, PWR_VOSR_RANGE1, PWR_VOSR_VOSRDY);
    register_enable(&PWR_VOSR, PWR_VOSR_BOOSTEN, PWR_VOSR_BOOSTRDY);
}

static void clock(void)
{
    RCC_PLL1DIVR = RCC_PLL1DIVR_N(PLL_N) | RCC_PLL1DIVR_R(PLL_R) | RCC_PLL1DIVR_P_AND_Q_RESET;
    register_enable(&RCC_CR, RCC_CR_PLL1ON, RCC_CR_PLL1RDY);
    register_switch(&RCC_CFGR1, 0, RCC_CFGR1_SW_PLL, RCC_CFGR1_SWS_MASK, RCC_CFGR1_SWS_PLL);
}

/* USART1 on PA9 (TX) and PA10 (RX) is the ST-LINK's port (UM2861, "Virtual COM port"). */
static void console_pins(void)
{
    register_clock(&RCC_AHB2ENR1, RCC_AHB2ENR1_GPIOAEN);
    register_set(&GPIOA_AFRH, 0xFFu << 4, AF7_USART1 << 4 | AF7_USART1 << 8);
    register_set(&GPIOA_MODER, 0xFu << 18, 0xAu << 18); /* alternate function */
    register_set(&RCC_CCIPR1, RCC_CCIPR1_USART1_MASK, RCC_CCIPR1_USART1_HSI16);
    register_clock(&RCC_APB2ENR, RCC_APB2ENR_USART1EN);
}

void board_init(void)
{
    power();
    flash();
    clock();
    console_pins();
}
