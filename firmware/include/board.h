/* A board's own set-up, where board.yaml cannot say it. */
#ifndef HB_BOARD_H
#define HB_BOARD_H

/* Clocks, power, pins. Runs after data and bss are set up. Does nothing unless the board's
 * folder has a board.c. */
void board_init(void);

#endif
