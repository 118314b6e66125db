/* Memory that is there: without it QEMU ends with one line. Nothing here is ever freed. */
#ifndef HB_ALLOC_H
#define HB_ALLOC_H

#include <stddef.h>

/* `count` elements of `size` bytes, all zero. */
void *alloc_zeroed(size_t count, size_t size);

/* `old` with room for `count` elements of `size` bytes; what is new is not initialised. */
void *alloc_resized(void *old, size_t count, size_t size);

#endif
