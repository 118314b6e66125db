#include "cache.h"

#include <stdlib.h>
#include <string.h>

void cache_init(struct cache *cache, uint32_t lines, uint32_t memory_lines)
{
    *cache = (struct cache){
        .lines = lines < CACHE_LINES_MAX ? lines : CACHE_LINES_MAX,
        .slot_of = calloc(memory_lines, 1),
    };
}

void cache_clear(struct cache *cache)
{
    for (uint32_t i = 0; i < cache->lines; i++)
        if (cache->line[i].valid)
            cache->slot_of[cache->line[i].tag] = 0;
    memset(cache->line, 0, sizeof cache->line);
    cache->clock = 0;
}

static uint32_t least_recently_used(const struct cache *cache)
{
    uint32_t oldest = 0;

    for (uint32_t i = 1; i < cache->lines; i++)
        if (cache->line[i].used < cache->line[oldest].used)
            oldest = i;
    return oldest;
}

void cache_fill(struct cache *cache, uint32_t tag, uint32_t part)
{
    if (cache->lines == 0)
        return;
    if (cache->slot_of[tag] == 0) {
        const uint32_t slot = least_recently_used(cache);

        if (cache->line[slot].valid)
            cache->slot_of[cache->line[slot].tag] = 0;
        cache->line[slot] = (struct cache_line){.tag = tag};
        cache->slot_of[tag] = (uint8_t)(slot + 1);
    }
    struct cache_line *const line = &cache->line[cache->slot_of[tag] - 1];
    line->valid |= 1u << part;
    line->used = ++cache->clock;
}
