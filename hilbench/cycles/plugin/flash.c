#include "flash.h"

#include <stdbool.h>

#include "cache.h"

enum { NOTHING = 1 }; /* no read has an odd address */

struct flash flash;

static struct cache instruction_cache, data_cache;
static int64_t port_free;
static unsigned line_shift, read_shift;

/* The read behind the current one, fetched ahead of its use. */
static struct {
    uint32_t read; /* NOTHING if none is wanted */
    bool begun;
    int64_t wanted, ready;
} ahead;

void flash_init(void)
{
    const uint32_t lines = (model.flash.end - model.flash.start) / model.line_bytes + 1;

    if (model.wait_states > 0)
        flash.range = model.flash;
    flash.read_mask = ~(model.read_bytes - 1);
    line_shift = (unsigned)__builtin_ctz(model.line_bytes);
    read_shift = (unsigned)__builtin_ctz(model.read_bytes);
    cache_init(&instruction_cache, model.instruction_lines, lines);
    cache_init(&data_cache, model.data_lines, lines);
    flash_reset();
}

void flash_reset(void)
{
    cache_clear(&instruction_cache);
    cache_clear(&data_cache);
    flash.current_instruction = flash.current_data = NOTHING;
    flash.instruction_reads = flash.data_reads = 0;
    ahead.read = NOTHING;
    port_free = INT64_MIN / 2;
}

/* Number of the cache line, and of the read within it; sizes are powers of two. */
static uint32_t tag(uint32_t address)
{
    return (address - model.flash.start) >> line_shift;
}

static uint32_t part(uint32_t address)
{
    return (address & (model.line_bytes - 1)) >> read_shift;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t read_array(int64_t start)
{
    port_free = later(start, port_free) + 1 + model.wait_states;
    return port_free;
}

/* Begins the prefetch if the port was free for it before `now`. */
static void settle_prefetch(int64_t now)
{
    if (ahead.read == NOTHING || ahead.begun || later(ahead.wanted, port_free) >= now)
        return;
    ahead.ready = read_array(ahead.wanted);
    ahead.begun = true;
    flash.instruction_reads++;
}

static void want_prefetch(uint32_t read, int64_t now)
{
    const bool useful =
        within(model.flash, read) && !cache_has(&instruction_cache, tag(read), part(read));

    ahead.read = useful ? read : NOTHING;
    ahead.begun = false;
    ahead.wanted = now;
}

int64_t flash_miss_instruction(uint32_t address, int64_t start)
{
    const uint32_t read = address & flash.read_mask;
    int64_t end;

    settle_prefetch(start);
    if (cache_use(&instruction_cache, tag(read), part(read))) {
        end = start + 1;
    } else if (ahead.read == read && ahead.begun) {
        end = later(start + 1, ahead.ready);
        if (model.prefetch_kept)
            cache_fill(&instruction_cache, tag(read), part(read));
    } else {
        end = read_array(start);
        flash.instruction_reads++;
        cache_fill(&instruction_cache, tag(read), part(read));
    }
    flash.current_instruction = read;
    if (model.prefetch)
        want_prefetch(read + model.read_bytes, end);
    return end;
}

int64_t flash_miss_data(uint32_t address, int64_t start)
{
    const uint32_t read = address & flash.read_mask;
    int64_t end;

    settle_prefetch(start);
    if (cache_use(&data_cache, tag(read), part(read))) {
        end = start + 1;
    } else {
        end = read_array(start);
        flash.data_reads++;
        cache_fill(&data_cache, tag(read), part(read));
    }
    flash.current_data = read;
    return end;
}
