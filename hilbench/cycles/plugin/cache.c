#include "cache.h"

static void make_ring(struct cache *cache)
{
    for (uint32_t i = 0; i < cache->lines; i++) {
        cache->line[i] = (struct cache_line){
            .newer = (uint8_t)(i == 0 ? cache->lines - 1 : i - 1),
            .older = (uint8_t)(i + 1 == cache->lines ? 0 : i + 1),
        };
    }
    cache->newest = 0;
}

void cache_init(struct cache *cache, uint32_t lines, uint8_t *slot_of)
{
    *cache = (struct cache){
        .lines = lines < CACHE_LINES_MAX ? lines : CACHE_LINES_MAX,
        .slot_of = slot_of,
    };
    make_ring(cache);
}

void cache_clear(struct cache *cache)
{
    for (uint32_t i = 0; i < cache->lines; i++)
        if (cache->line[i].valid)
            cache->slot_of[cache->line[i].tag] = 0;
    make_ring(cache);
}

void cache_touch(struct cache *cache, uint8_t slot)
{
    struct cache_line *const line = cache->line;
    const uint8_t newest = cache->newest, oldest = line[newest].newer;

    cache->newest = slot;
    if (slot == newest || slot == oldest)
        return; /* the oldest lies before the newest already */
    line[line[slot].newer].older = line[slot].older;
    line[line[slot].older].newer = line[slot].newer;
    line[slot].newer = oldest;
    line[slot].older = newest;
    line[oldest].older = slot;
    line[newest].newer = slot;
}

/* The slot of the least recently used line, given to `tag`. */
static uint8_t replace(struct cache *cache, uint32_t tag)
{
    const uint8_t slot = cache->line[cache->newest].newer;
    struct cache_line *const line = &cache->line[slot];

    if (line->valid)
        cache->slot_of[line->tag] = 0;
    line->tag = tag;
    line->valid = 0;
    cache->slot_of[tag] = (uint8_t)(slot + 1);
    return slot;
}

void cache_fill(struct cache *cache, uint32_t tag, uint32_t part)
{
    if (cache->lines == 0)
        return;
    const uint8_t present = cache->slot_of[tag];
    const uint8_t slot = present ? (uint8_t)(present - 1) : replace(cache, tag);

    cache->line[slot].valid |= 1u << part;
    cache_touch(cache, slot);
}
