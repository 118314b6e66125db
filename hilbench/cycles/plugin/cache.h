/* A cache with LRU replacement in each of its sets, of which a fully associative one has one; a
 * line is filled read by read. */
#ifndef HB_CACHE_H
#define HB_CACHE_H

#include <stdbool.h>
#include <stdint.h>

enum { CACHE_LINES_MAX = 64 };

struct cache_line {
    uint32_t tag;         /* line number in the memory behind */
    uint32_t valid;       /* one bit per read; 0: nothing is in this slot */
    uint8_t newer, older; /* slots, in a ring: the oldest is next to the newest */
};

struct cache {
    uint32_t lines;
    uint8_t newest;
    uint8_t *slot_of; /* per line of the memory: 1 + its slot, 0 if absent */
    struct cache_line line[CACHE_LINES_MAX];
};

/* A cache of `lines` (0: none). `slot_of` is all zero; caches of different lines may share it. */
void cache_init(struct cache *cache, uint32_t lines, uint8_t *slot_of);
void cache_clear(struct cache *cache);

/* Puts read number `part` of line `tag` into the cache, in place of the least recently used. */
void cache_fill(struct cache *cache, uint32_t tag, uint32_t part);

/* Makes the line in this slot the most recently used. */
void cache_touch(struct cache *cache, uint8_t slot);

static inline bool cache_has(const struct cache *cache, uint32_t tag, uint32_t part)
{
    const uint8_t slot = cache->slot_of[tag];

    return slot != 0 && cache->line[slot - 1].valid >> part & 1;
}

/* Like cache_has, and counts as a use of the line. */
static inline bool cache_use(struct cache *cache, uint32_t tag, uint32_t part)
{
    if (!cache_has(cache, tag, part))
        return false;
    cache_touch(cache, cache->slot_of[tag] - 1);
    return true;
}

#endif
