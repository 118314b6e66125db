/* How wide rows of the packed product (packed.h) are. */
#ifndef HB_PACKED_COLUMNS_H
#define HB_PACKED_COLUMNS_H

#include <stdint.h>

enum { PACKED_COLUMNS = 4, PACKED_LEAST_COLUMNS = 16 };

/* To so many columns rows of weights are filled up with zeros. */
static inline int32_t packed_columns(int32_t columns)
{
    const int32_t full = (columns + PACKED_COLUMNS - 1) & -PACKED_COLUMNS;
    return full < PACKED_LEAST_COLUMNS ? PACKED_LEAST_COLUMNS : full;
}

#endif
