#include "gather_nd.h"

#include <string.h>

void gather_nd(const struct gather_nd_params *restrict p, const void *table,
               const int32_t *indices, void *out)
{
    const size_t bytes = (size_t)p->slice_bytes;
    char *to = out;
    for (int32_t i = 0; i < p->slices; i++, indices += p->coordinates, to += bytes) {
        size_t offset = 0;
        int inside = 1;
        for (int32_t k = 0; k < p->coordinates; k++) {
            inside = inside && indices[k] >= 0 && indices[k] < p->shape[k];
            offset += inside ? (size_t)indices[k] * (size_t)p->stride[k] : 0;
        }
        if (inside)
            memcpy(to, (const char *)table + offset, bytes);
        else
            memset(to, 0, bytes);
    }
}
