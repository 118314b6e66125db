/* The prefetch unit of the core: fetches words ahead of execution into a small buffer.
 *
 * One word per bus transfer, in order; a word may be fetched once the word `fetch_buffer`
 * places before it has been executed. A unit that had to wait for that starts again
 * `fetch_restart` later. Nothing under way is given up at a taken branch.
 */
#ifndef HB_FETCH_H
#define HB_FETCH_H

#include <stdint.h>

#include "flash.h"
#include "model.h"

enum { FETCH_RING = 8 };

struct fetch {
    uint32_t next;   /* the word to be fetched next */
    uint32_t oldest; /* the first word that still has to be executed */
    int64_t done;    /* when the last transfer has ended */
    int64_t arrival[FETCH_RING], freed[FETCH_RING];
};

extern struct fetch fetch;

static inline unsigned fetch_slot(uint32_t word)
{
    return word >> 2 & (FETCH_RING - 1);
}

/* When the next word's transfer can begin. */
static inline int64_t fetch_start(void)
{
    const int64_t freed = fetch.freed[fetch_slot(fetch.next - 4 * model.fetch_buffer)];

    return freed > fetch.done ? freed + model.fetch_restart : fetch.done;
}

static inline void fetch_one(void)
{
    fetch.done = flash_instruction(fetch.next, fetch_start());
    fetch.arrival[fetch_slot(fetch.next)] = fetch.done;
    fetch.next += 4;
}

/* When `word` is in the buffer. */
static inline int64_t fetch_arrival(uint32_t word)
{
    while (fetch.next <= word)
        fetch_one();
    return fetch.arrival[fetch_slot(word)];
}

static inline void fetch_free(uint32_t word, int64_t now)
{
    fetch.freed[fetch_slot(word)] = now;
    fetch.oldest = word + 4;
}

/* Lets the unit run ahead: everything that it begins before `now`. */
static inline void fetch_ahead(int64_t now)
{
    while (fetch.next < fetch.oldest + 4 * model.fetch_buffer && fetch_start() < now)
        fetch_one();
}

/* Continues at `address`, no earlier than `now`. */
void fetch_redirect(uint32_t address, int64_t now);

#endif
