/* CMSDK APB UART (Arm DDI 0479: Cortex-M System Design Kit, section 4.3), as on Arm's MPS2 boards. */
#include "uart.h"

#include "board_config.h"

struct cmsdk_uart {
    volatile uint32_t data, state, ctrl, intstatus, bauddiv;
};

enum {
    STATE_TX_FULL = 1u << 0,
    STATE_RX_FULL = 1u << 1,
    STATE_RX_OVERRUN = 1u << 3, /* cleared by writing it */
    CTRL_TX_ENABLE = 1u << 0,
    CTRL_RX_ENABLE = 1u << 1,
    BAUDDIV_MIN = 16,
};

static struct cmsdk_uart *const uart = (struct cmsdk_uart *)BOARD_UART_BASE;
static uint32_t overruns;

void uart_init(void)
{
    const uint32_t divider = BOARD_UART_CLOCK_HZ / BOARD_UART_BAUD;

    uart->bauddiv = divider < BAUDDIV_MIN ? BAUDDIV_MIN : divider;
    uart->ctrl = CTRL_TX_ENABLE | CTRL_RX_ENABLE;
    (void)uart->data; /* QEMU looks for input that came earlier only after a read */
}

uint8_t uart_read(void)
{
    uint32_t state;

    do {
        state = uart->state;
        if (state & STATE_RX_OVERRUN) {
            uart->state = STATE_RX_OVERRUN;
            overruns++;
        }
    } while (!(state & STATE_RX_FULL));
    return (uint8_t)uart->data;
}

void uart_write(const uint8_t *data, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        while (uart->state & STATE_TX_FULL)
            ;
        uart->data = data[i];
    }
}

uint32_t uart_overruns(void)
{
    return overruns;
}
