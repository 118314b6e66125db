/* USART of STM32 (RM0456, "Universal synchronous/asynchronous receiver transmitter"). */
#include "board_config.h"

/* USARTDIV = f / baud, sampled 16 times a bit ("USART baud rate generation"), rounded. */
#define DIVIDER ((BOARD_UART_CLOCK_HZ + BOARD_UART_BAUD / 2u) / BOARD_UART_BAUD)

_Static_assert(DIVIDER >= 16 && DIVIDER <= 0xFFFF, "the clock does not give this baud rate");

#include "stm32_uart.inc"
