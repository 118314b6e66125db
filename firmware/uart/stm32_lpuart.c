/* LPUART of STM32 (RM0432, "Low-power universal asynchronous receiver transmitter"). */
#include "board_config.h"

/* LPUARTDIV = 256 f / baud ("LPUART baud rate generation"), rounded. */
#define DIVIDER ((256ull * BOARD_UART_CLOCK_HZ + BOARD_UART_BAUD / 2u) / BOARD_UART_BAUD)

_Static_assert(DIVIDER >= 0x300 && DIVIDER <= 0xFFFFF, "the clock does not give this baud rate");

#include "stm32_uart.inc"
