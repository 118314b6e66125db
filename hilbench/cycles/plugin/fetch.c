#include "fetch.h"

struct fetch fetch;

void fetch_redirect(uint32_t address, int64_t now)
{
    fetch.next = fetch.oldest = address & ~3u;
    if (fetch.done < now)
        fetch.done = now;
    for (unsigned i = 0; i < FETCH_RING; i++)
        fetch.freed[i] = now;
}
