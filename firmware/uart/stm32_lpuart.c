/* LPUART of STM32L4+ (RM0432, "Low-power universal asynchronous receiver transmitter"). */
#include "uart.h"

#include "board_config.h"

struct lpuart {
    volatile uint32_t cr1, cr2, cr3, brr, reserved[2], rqr, isr, icr, rdr, tdr, presc;
};

enum {
    CR1_UE = 1u << 0,
    CR1_RE = 1u << 2,
    CR1_TE = 1u << 3,
    CR1_FIFOEN = 1u << 29,
    ISR_ORE = 1u << 3,
    ISR_RXFNE = 1u << 5,
    ISR_TXFNF = 1u << 7,
    ICR_ORECF = 1u << 3,
};

/* LPUARTDIV = 256 f / baud (RM0432, "LPUART baud rate generation"), rounded. */
#define DIVIDER ((256ull * BOARD_UART_CLOCK_HZ + BOARD_UART_BAUD / 2u) / BOARD_UART_BAUD)

_Static_assert(DIVIDER >= 0x300 && DIVIDER <= 0xFFFFF, "the clock does not give this baud rate");

static struct lpuart *const uart = (struct lpuart *)BOARD_UART_BASE;
static uint32_t overruns;

void uart_init(void)
{
    uart->cr1 = 0;
    uart->brr = (uint32_t)DIVIDER;
    uart->cr1 = CR1_FIFOEN | CR1_RE | CR1_TE | CR1_UE;
}

uint8_t uart_read(void)
{
    uint32_t status;

    do {
        status = uart->isr;
        if (status & ISR_ORE) {
            uart->icr = ICR_ORECF;
            overruns++;
        }
    } while (!(status & ISR_RXFNE));
    return (uint8_t)uart->rdr;
}

void uart_write(const uint8_t *data, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        while (!(uart->isr & ISR_TXFNF))
            ;
        uart->tdr = data[i];
    }
}

uint32_t uart_overruns(void)
{
    return overruns;
}
