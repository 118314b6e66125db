/* The UART of a process of the host: its standard input and output. It ends with them. */
#include "uart.h"

#include <stdlib.h>
#include <unistd.h>

static uint8_t buffer[4096];
static ssize_t used, filled;

void uart_init(void) {}

uint8_t uart_read(void)
{
    if (used == filled) {
        used = 0;
        filled = read(STDIN_FILENO, buffer, sizeof buffer);
        if (filled <= 0)
            exit(EXIT_SUCCESS);
    }
    return buffer[used++];
}

void uart_write(const uint8_t *data, uint32_t size)
{
    while (size > 0) {
        const ssize_t written = write(STDOUT_FILENO, data, size);

        if (written < 0)
            exit(EXIT_SUCCESS);
        data += written;
        size -= (uint32_t)written;
    }
}

uint32_t uart_overruns(void)
{
    return 0;
}
