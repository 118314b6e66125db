/* The host's monotonic clock, in nanoseconds: good to see that something ran, not to publish. */
#include "counter.h"

#include <time.h>

static uint64_t start;

static uint64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void counter_init(void) {}

void counter_start(void)
{
    start = now();
}

uint64_t counter_elapsed(void)
{
    return now() - start;
}
