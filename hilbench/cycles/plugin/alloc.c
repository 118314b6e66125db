#include "alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void *checked(void *memory, size_t count, size_t size)
{
    if (memory != NULL)
        return memory;
    fprintf(stderr, "cycle model: no memory for %zu times %zu bytes\n", count, size);
    exit(EXIT_FAILURE);
}

void *alloc_zeroed(size_t count, size_t size)
{
    return checked(calloc(count, size), count, size);
}

void *alloc_resized(void *old, size_t count, size_t size)
{
    return checked(count > SIZE_MAX / size ? NULL : realloc(old, count * size), count, size);
}
