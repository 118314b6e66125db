#include "flash.h"

#include <stdbool.h>

#include "alloc.h"
#include "cache.h"

enum { NOTHING = 1 }; /* no read has an odd address */

struct flash flash;

enum { READS_MAX = 64 / 4 }; /* of a line */
enum { SETS_MAX = 512 };

/* The sets of a cache: a line's number says in which it can be. `filling` is the line whose rest
 * was read last, and `arrives` when each of its reads is there. */
struct sets {
    struct cache set[SETS_MAX];
    uint32_t mask;
    uint32_t filling; /* NOTHING if no rest is read */
    int64_t arrives[READS_MAX];
};

static struct sets instruction_cache, own_data_cache;
static struct sets *data_cache = &own_data_cache;
static int64_t port_free;
static unsigned line_shift, read_shift;

/* The read behind the current one, fetched ahead of its use. */
static struct {
    uint32_t read; /* NOTHING if none is wanted */
    bool begun;
    int64_t wanted, ready;
} ahead;

static void sets_init(struct sets *sets, uint32_t lines, uint32_t memory_lines)
{
    const uint32_t ways = model.cache_ways ? model.cache_ways : lines;
    const uint32_t count = ways > 0 && lines > ways ? lines / ways : 1;
    uint8_t *const slot_of = alloc_zeroed(memory_lines, 1);

    sets->mask = count - 1;
    for (uint32_t i = 0; i < count; i++)
        cache_init(&sets->set[i], lines / count, slot_of);
}

static void sets_clear(struct sets *sets)
{
    for (uint32_t i = 0; i <= sets->mask; i++)
        cache_clear(&sets->set[i]);
    sets->filling = NOTHING;
}

static struct cache *set_of(struct sets *sets, uint32_t line)
{
    return &sets->set[line & sets->mask];
}

void flash_init(void)
{
    const uint32_t lines =
        (model.flash.end - model.flash.start + model.placement) / model.line_bytes + 2;

    if (model.wait_states > 0)
        flash.range = model.flash;
    flash.placement = model.placement;
    flash.read_mask = ~(model.read_bytes - 1);
    line_shift = (unsigned)__builtin_ctz(model.line_bytes);
    read_shift = (unsigned)__builtin_ctz(model.read_bytes);
    sets_init(&instruction_cache, model.instruction_lines, lines);
    sets_init(&own_data_cache, model.data_lines, lines);
    if (model.shared_cache)
        data_cache = &instruction_cache;
    flash_reset();
}

void flash_reset(void)
{
    sets_clear(&instruction_cache);
    sets_clear(&own_data_cache);
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
    port_free = later(start, port_free) + 1 + model.wait_states + model.read_extra;
    return port_free;
}

/* Whether a read is in a cache; counts as a use of its line. */
static bool use(struct sets *sets, uint32_t read)
{
    return cache_use(set_of(sets, tag(read)), tag(read), part(read));
}

static void fill(struct sets *sets, uint32_t read)
{
    cache_fill(set_of(sets, tag(read)), tag(read), part(read));
}

static uint32_t line_of(uint32_t address)
{
    return address & ~(model.line_bytes - 1);
}

/* What a miss puts into a cache. The array gives the rest of the line behind the read that was
 * wanted; nobody else is served meanwhile. */
static void fill_after_miss(struct sets *sets, uint32_t read, uint64_t *reads)
{
    const uint32_t line = line_of(read);

    fill(sets, read);
    ++*reads;
    if (!model.line_fill || sets->set[0].lines == 0)
        return;
    sets->filling = line;
    sets->arrives[part(read)] = port_free;
    for (uint32_t other = line; other < line + model.line_bytes; other += model.read_bytes) {
        if (other != read) {
            fill(sets, other);
            sets->arrives[part(other)] = read_array(port_free);
            ++*reads;
        }
    }
}

/* The cycle in which a read that is in a cache has ended. An older line was complete before the
 * array began with a newer one. */
static int64_t hit(const struct sets *sets, uint32_t read, int64_t start)
{
    const bool filling = line_of(read) == sets->filling;

    return filling ? later(start + 1, sets->arrives[part(read)]) : start + 1;
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
        within(model.flash, read) &&
        !cache_has(set_of(&instruction_cache, tag(read)), tag(read), part(read));

    ahead.read = useful ? read : NOTHING;
    ahead.begun = false;
    ahead.wanted = now;
}

int64_t flash_miss_instruction(uint32_t address, int64_t start)
{
    const uint32_t read = address & flash.read_mask;
    int64_t end;

    settle_prefetch(start);
    if (use(&instruction_cache, read)) {
        end = hit(&instruction_cache, read, start);
    } else if (ahead.read == read && ahead.begun) {
        end = later(start + 1, ahead.ready);
        if (model.prefetch_kept)
            fill(&instruction_cache, read);
    } else {
        end = read_array(start);
        fill_after_miss(&instruction_cache, read, &flash.instruction_reads);
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
    if (use(data_cache, read)) {
        end = hit(data_cache, read, start);
    } else {
        end = read_array(start);
        fill_after_miss(data_cache, read, &flash.data_reads);
    }
    if (model.data_buffer)
        flash.current_data = read;
    return end;
}
