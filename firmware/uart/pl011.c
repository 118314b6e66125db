/* Arm PrimeCell UART PL011 (DDI 0183). */
#include "uart.h"

#include "board_config.h"

struct pl011 {
    volatile uint32_t data, status, reserved[4], flags, reserved_2, low_power, integer, fraction;
    volatile uint32_t line, control;
};

enum {
    STATUS_OVERRUN = 1u << 3,
    FLAGS_RECEIVE_EMPTY = 1u << 4,
    FLAGS_TRANSMIT_FULL = 1u << 5,
    LINE_FIFO = 1u << 4,
    LINE_8_BITS = 3u << 5,
    CONTROL_ENABLE = 1u << 0,
    CONTROL_TRANSMIT = 1u << 8,
    CONTROL_RECEIVE = 1u << 9,
};

/* Clock / (16 * baud) in units of 1/64, rounded (DDI 0183, 3.3.6). */
#define DIVIDER ((4u * BOARD_UART_CLOCK_HZ + BOARD_UART_BAUD / 2u) / BOARD_UART_BAUD)

_Static_assert(DIVIDER >= 64 && DIVIDER >> 6 <= 0xFFFF, "the clock does not give this baud rate");

static struct pl011 *const uart = (struct pl011 *)BOARD_UART_BASE;
static uint32_t overruns;

void uart_init(void)
{
    uart->control = 0;
    uart->integer = DIVIDER >> 6;
    uart->fraction = DIVIDER & 63u;
    uart->line = LINE_FIFO | LINE_8_BITS; /* takes the divider over */
    uart->control = CONTROL_ENABLE | CONTROL_TRANSMIT | CONTROL_RECEIVE;
}

uint8_t uart_read(void)
{
    while (uart->flags & FLAGS_RECEIVE_EMPTY)
        ;
    if (uart->status & STATUS_OVERRUN) {
        uart->status = 0; /* which clears it */
        overruns++;
    }
    return (uint8_t)uart->data;
}

void uart_write(const uint8_t *data, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        while (uart->flags & FLAGS_TRANSMIT_FULL)
            ;
        uart->data = data[i];
    }
}

uint32_t uart_overruns(void)
{
    return overruns;
}
