/* UARTE of nRF53 and nRF52 ("UARTE: Universal asynchronous receiver/transmitter with EasyDMA" of
 * their Product Specifications). It moves bytes by DMA, and says of a block only when it is over: so
 * blocks are single bytes, in two places that take turns. The board's settings name the pins.
 */
#include "uart.h"

#include "board_config.h"
#include "registers.h"

#define UARTE(offset) REGISTER(BOARD_UART_BASE + (offset))
#define STARTRX UARTE(0x000u)
#define STARTTX UARTE(0x008u)
#define ENDRX UARTE(0x110u)
#define ENDTX UARTE(0x120u)
#define RXSTARTED UARTE(0x14Cu)
#define SHORTS UARTE(0x200u)
#define ERRORSRC UARTE(0x480u)
#define ENABLE UARTE(0x500u)
#define PSEL_TXD UARTE(0x50Cu)
#define PSEL_RXD UARTE(0x514u)
#define BAUDRATE UARTE(0x524u)
#define RXD_PTR UARTE(0x534u)
#define RXD_MAXCNT UARTE(0x538u)
#define TXD_PTR UARTE(0x544u)
#define TXD_MAXCNT UARTE(0x548u)

enum { ENABLED = 8, BLOCK = 64 };
#define SHORTS_ENDRX_STARTRX (1u << 5)
#define ERRORSRC_OVERRUN (1u << 0)

#define BAUDRATE_115200 0x01D60000u

_Static_assert(BOARD_UART_BAUD == 115200, "board.yaml: uart.baud is 115200 with this driver");

static volatile uint8_t received[2];
static uint32_t place, overruns;

/* Where the byte after the one goes that is under way; that one has its place once it has begun. */
static void receive_next_into(volatile uint8_t *byte)
{
    while (!RXSTARTED)
        ;
    RXSTARTED = 0;
    RXD_PTR = (uint32_t)byte;
}

void uart_init(void)
{
    PSEL_TXD = BOARD_UART_TX_PIN;
    PSEL_RXD = BOARD_UART_RX_PIN;
    BAUDRATE = BAUDRATE_115200;
    ENABLE = ENABLED;
    SHORTS = SHORTS_ENDRX_STARTRX;
    RXD_MAXCNT = 1;
    RXD_PTR = (uint32_t)&received[0];
    ENDRX = 0;
    RXSTARTED = 0;
    STARTRX = 1;
    receive_next_into(&received[1]);
}

/* Of bytes that come while one waits for longer than a byte takes, all but the last are lost: the link
 * asks again. */
uint8_t uart_read(void)
{
    while (!ENDRX)
        ;
    ENDRX = 0;
    const uint8_t byte = received[place];
    receive_next_into(&received[place]);
    place ^= 1;
    if (ERRORSRC & ERRORSRC_OVERRUN) {
        ERRORSRC = ERRORSRC_OVERRUN; /* which clears it */
        overruns++;
    }
    return byte;
}

/* DMA reads RAM alone. */
void uart_write(const uint8_t *data, uint32_t size)
{
    static volatile uint8_t block[BLOCK];
    for (uint32_t n; size > 0; data += n, size -= n) {
        n = size < BLOCK ? size : BLOCK;
        for (uint32_t i = 0; i < n; i++)
            block[i] = data[i];
        TXD_PTR = (uint32_t)block;
        TXD_MAXCNT = n;
        ENDTX = 0;
        STARTTX = 1;
        while (!ENDTX)
            ;
    }
}

uint32_t uart_overruns(void)
{
    return overruns;
}
