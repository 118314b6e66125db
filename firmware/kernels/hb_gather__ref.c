#include "gather.h"

#include <string.h>

void hb_gather(const struct hb_gather_params *restrict p, const void *table, const int32_t *ids,
               void *out)
{
    const size_t row_bytes = (size_t)p->row_bytes;
    const char *rows = table;
    char *to = out;
    for (int32_t o = 0; o < p->outer; o++, rows += (size_t)p->rows * row_bytes)
        for (int32_t i = 0; i < p->ids; i++, to += row_bytes) {
            if (ids[i] >= 0 && ids[i] < p->rows)
                memcpy(to, rows + (size_t)ids[i] * row_bytes, row_bytes);
            else
                memset(to, 0, row_bytes);
        }
}
