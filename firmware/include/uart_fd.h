/* The UART of a process: an open file descriptor. */
#ifndef HB_UART_FD_H
#define HB_UART_FD_H

/* To be called before uart_init. */
void uart_use(int fd);

#endif
