#include "cobs.h"

enum { LONGEST_RUN = 254 };

static uint32_t run_without_zero(const uint8_t *data, uint32_t size)
{
    uint32_t run = 0;

    while (run < size && run < LONGEST_RUN && data[run] != 0)
        run++;
    return run;
}

void cobs_encode(const uint8_t *data, uint32_t size,
                 void (*sink)(const uint8_t *data, uint32_t size))
{
    for (;;) {
        const uint32_t run = run_without_zero(data, size);
        const uint8_t code = (uint8_t)(run + 1);

        sink(&code, 1);
        sink(data, run);
        data += run;
        size -= run;
        if (size == 0)
            return;
        if (run < LONGEST_RUN) {
            data++; /* the zero, which the code stands for */
            size--;
        }
    }
}

void cobs_restart(struct cobs_decoder *d)
{
    d->size = 0;
    d->left_in_block = 0;
    d->started = d->zero_follows = d->overflow = false;
}

static void append(struct cobs_decoder *d, uint8_t byte)
{
    if (d->size == d->capacity) {
        d->overflow = true;
        return;
    }
    d->data[d->size++] = byte;
}

void cobs_feed(struct cobs_decoder *d, uint8_t byte)
{
    if (d->left_in_block > 0) {
        append(d, byte);
        d->left_in_block--;
        return;
    }
    if (d->zero_follows)
        append(d, 0);
    d->started = true;
    d->left_in_block = (uint8_t)(byte - 1);
    d->zero_follows = byte <= LONGEST_RUN;
}

bool cobs_complete(const struct cobs_decoder *d)
{
    return d->started && d->left_in_block == 0 && !d->overflow;
}
