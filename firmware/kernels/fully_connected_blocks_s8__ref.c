#include "fully_connected_blocks.h"
#include "packed.h"
#include "rescale_s8.h"

struct blocks {
    const int8_t *weights;
    const uint8_t *gaps;
};

/* x is in the order of columns 0 2 1 3. */
static inline int32_t row(struct blocks *at, const int16_t *x, int32_t sum)
{
    int32_t gap;
    do {
        const int8_t *const w = at->weights;
        gap = *at->gaps++;
        x += BLOCK_COLUMNS * (gap % LAST_OF_ROW);
        sum += w[0] * x[0] + w[2] * x[1] + w[1] * x[2] + w[3] * x[3];
        at->weights += BLOCK_COLUMNS;
    } while (gap < LAST_OF_ROW);
    return sum;
}

#include "fully_connected_blocks_s8.inc"
