/* Clock, power, caches and console pins of the NUCLEO-H7A3ZI-Q.
 *
 * RM0455: reference manual of STM32H7A3; UM2408: manual of the Nucleo-144 boards (MB1363). Both are
 * cited by the titles of their sections, as the numbers change with the revision.
 */
#include "board.h"

#include "board_config.h"
#include "cortex_m.h"
#include "registers.h"

#define RCC 0x58024400u /* RM0455, "Reset and clock control" */
#define RCC_CR REGISTER(RCC + 0x00u)
#define RCC_CFGR REGISTER(RCC + 0x10u)
#define RCC_CDCFGR1 REGISTER(RCC + 0x18u)
#define RCC_CDCFGR2 REGISTER(RCC + 0x1Cu)
#define RCC_SRDCFGR REGISTER(RCC + 0x20u)
#define RCC_PLLCKSELR REGISTER(RCC + 0x28u)
#define RCC_PLLCFGR REGISTER(RCC + 0x2Cu)
#define RCC_PLL1DIVR REGISTER(RCC + 0x30u)
#define RCC_CDCCIP2R REGISTER(RCC + 0x54u)
#define RCC_AHB4ENR REGISTER(RCC + 0x140u)
#define RCC_APB1LENR REGISTER(RCC + 0x148u)

#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 2)
#define RCC_CR_PLL1ON (1u << 24)
#define RCC_CR_PLL1RDY (1u << 25)
#define RCC_CFGR_SW_MASK 7u
#define RCC_CFGR_SW_PLL1 3u
#define RCC_CFGR_SWS_MASK (7u << 3)
#define RCC_CFGR_SWS_PLL1 (3u << 3)
#define RCC_PPRE(position) (4u << (position)) /* half of the AHB clock */
#define RCC_PPRE_MASK(position) (7u << (position))
#define RCC_PLLCKSELR_MASK (3u | 0x3Fu << 4)
#define RCC_PLLCKSELR_HSI_M(m) ((m) << 4)
#define RCC_PLLCFGR_PLL1_MASK (0xFu | RCC_PLLCFGR_DIVP1EN)
#define RCC_PLLCFGR_RGE_8_TO_16_MHZ (3u << 2)
#define RCC_PLLCFGR_DIVP1EN (1u << 16)
#define RCC_PLL1DIVR_N(n) ((n) - 1u)
#define RCC_PLL1DIVR_P(p) (((p) - 1u) << 9)
#define RCC_PLL1DIVR_Q_AND_R_RESET (1u << 16 | 1u << 24)
#define RCC_AHB4ENR_GPIODEN (1u << 3)
#define RCC_APB1LENR_USART3EN (1u << 18)
#define RCC_CDCCIP2R_USART3_MASK 7u
#define RCC_CDCCIP2R_USART3_HSI 3u

#define PWR 0x58024800u /* RM0455, "Power control" */
#define PWR_CSR1 REGISTER(PWR + 0x04u)
#define PWR_CR3 REGISTER(PWR + 0x0Cu)
#define PWR_SRDCR REGISTER(PWR + 0x18u)
#define PWR_CSR1_ACTVOSRDY (1u << 13)
#define PWR_CR3_SUPPLY_MASK 7u
#define PWR_CR3_SMPSEN (1u << 2)
#define PWR_SRDCR_VOSRDY (1u << 13)
#define PWR_SRDCR_VOS0 (3u << 14)

#define FLASH_ACR REGISTER(0x52002000u) /* RM0455, "Embedded flash memory" */
#define FLASH_ACR_LATENCY_MASK 0xFu
#define FLASH_ACR_WRHIGHFREQ(delay) ((delay) << 4)

#define GPIOD 0x58020C00u /* RM0455, "General-purpose I/Os" */
#define GPIOD_MODER REGISTER(GPIOD + 0x00u)
#define GPIOD_AFRH REGISTER(GPIOD + 0x24u)
#define AF7_USART3 7u

/* Armv7-M Architecture Reference Manual (DDI 0403E), B3.2 and B2.2.7. */
#define SCB_CCSIDR CORTEX_M_REGISTER(0xE000ED80u)
#define SCB_CSSELR CORTEX_M_REGISTER(0xE000ED84u)
#define SCB_ICIALLU CORTEX_M_REGISTER(0xE000EF50u)
#define SCB_DCISW CORTEX_M_REGISTER(0xE000EF60u)
#define SCB_CCR_DC (1u << 16)
#define SCB_CCR_IC (1u << 17)

#define HSI_HZ 64000000u
#define PLL_M 4u
#define PLL_N 35u
#define PLL_P 2u

_Static_assert(HSI_HZ / PLL_M * PLL_N / PLL_P == BOARD_CLOCK_HZ, "board.yaml: clock_hz");
_Static_assert(BOARD_UART_CLOCK_HZ == HSI_HZ, "board.yaml: uart.clock_hz");
/* RM0455, "FLASH recommended number of wait states". */
_Static_assert(BOARD_FLASH_WAIT_STATES >= 6, "280 MHz needs 6 wait states");

/* The board is wired for the step-down converter alone (UM2408, "Power supply"); 280 MHz need
 * voltage scale 0 (RM0455, "Voltage scaling"). */
static void power(void)
{
    register_set(&PWR_CR3, PWR_CR3_SUPPLY_MASK, PWR_CR3_SMPSEN);
    while (!(PWR_CSR1 & PWR_CSR1_ACTVOSRDY))
        ;
    register_enable(&PWR_SRDCR, PWR_SRDCR_VOS0, PWR_SRDCR_VOSRDY);
}

static void flash(void)
{
    const uint32_t delay = FLASH_ACR_WRHIGHFREQ(BOARD_FLASH_SIGNAL_DELAY);
    register_switch(&FLASH_ACR, FLASH_ACR_LATENCY_MASK | FLASH_ACR_WRHIGHFREQ(3u),
                    BOARD_FLASH_WAIT_STATES | delay, FLASH_ACR_LATENCY_MASK,
                    BOARD_FLASH_WAIT_STATES);
}

/* HSI through the PLL; peripheral buses run at half of it (RM0455, "Clock domains"). */
static void clock(void)
{
    register_enable(&RCC_CR, RCC_CR_HSION, RCC_CR_HSIRDY);
    register_set(&RCC_PLLCKSELR, RCC_PLLCKSELR_MASK, RCC_PLLCKSELR_HSI_M(PLL_M));
    register_set(&RCC_PLLCFGR, RCC_PLLCFGR_PLL1_MASK,
                 RCC_PLLCFGR_RGE_8_TO_16_MHZ | RCC_PLLCFGR_DIVP1EN);
    RCC_PLL1DIVR = RCC_PLL1DIVR_N(PLL_N) | RCC_PLL1DIVR_P(PLL_P) | RCC_PLL1DIVR_Q_AND_R_RESET;
    register_enable(&RCC_CR, RCC_CR_PLL1ON, RCC_CR_PLL1RDY);
    register_set(&RCC_CDCFGR1, RCC_PPRE_MASK(4), RCC_PPRE(4));
    register_set(&RCC_CDCFGR2, RCC_PPRE_MASK(4) | RCC_PPRE_MASK(8), RCC_PPRE(4) | RCC_PPRE(8));
    register_set(&RCC_SRDCFGR, RCC_PPRE_MASK(4), RCC_PPRE(4));
    register_switch(&RCC_CFGR, RCC_CFGR_SW_MASK, RCC_CFGR_SW_PLL1, RCC_CFGR_SWS_MASK,
                    RCC_CFGR_SWS_PLL1);
}

/* What they hold after reset is not defined. */
static void caches(void)
{
    SCB_ICIALLU = 0;
    SCB_CSSELR = 0; /* the data cache of level 1 */
    cortex_m_barrier();
    const uint32_t geometry = SCB_CCSIDR, last_set = geometry >> 13 & 0x7FFFu;
    const uint32_t last_way = geometry >> 3 & 0x3FFu;
    for (uint32_t set = 0; set <= last_set; set++)
        for (uint32_t way = 0; way <= last_way; way++)
            SCB_DCISW = set << 5 | way << 30; /* four ways of lines of 32 bytes */
    cortex_m_barrier();
    SCB_CCR |= (BOARD_INSTRUCTION_CACHE ? SCB_CCR_IC : 0) | (BOARD_DATA_CACHE ? SCB_CCR_DC : 0);
    cortex_m_barrier();
}

/* USART3 on PD8 (TX) and PD9 (RX) is the ST-LINK's port (UM2408, "Virtual COM port"). */
static void console_pins(void)
{
    register_clock(&RCC_AHB4ENR, RCC_AHB4ENR_GPIODEN);
    register_set(&GPIOD_AFRH, 0xFFu, AF7_USART3 | AF7_USART3 << 4);
    register_set(&GPIOD_MODER, 0xFu << 16, 0xAu << 16); /* alternate function */
    register_set(&RCC_CDCCIP2R, RCC_CDCCIP2R_USART3_MASK, RCC_CDCCIP2R_USART3_HSI);
    register_clock(&RCC_APB1LENR, RCC_APB1LENR_USART3EN);
}

void board_init(void)
{
    power();
    flash();
    clock();
    caches();
    console_pins();
}
