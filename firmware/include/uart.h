/* The console: one driver in uart/ per kind of peripheral. It polls; nothing interrupts a measurement. */
#ifndef HB_UART_H
#define HB_UART_H

#include <stdint.h>

void uart_init(void);

/* Waits for the next byte. */
uint8_t uart_read(void);

/* Returns when every byte has been handed to the peripheral. */
void uart_write(const uint8_t *data, uint32_t size);

/* Bytes that came faster than they were read, since uart_init; 0 if the peripheral cannot tell. */
uint32_t uart_overruns(void);

#endif
