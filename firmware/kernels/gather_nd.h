/* GATHER_ND: slices of a table, each by the first coordinates of where it begins. */
#ifndef HB_GATHER_ND_H
#define HB_GATHER_ND_H

#include <stdint.h>

struct gather_nd_params {
    int32_t slices;      /* of the output */
    int32_t coordinates; /* of each, at most 5 */
    int32_t shape[5];    /* of the table along the coordinates */
    int32_t stride[5];   /* in bytes */
    int32_t slice_bytes;
};

/* A slice that is not in the table becomes zeros. */
void gather_nd(const struct gather_nd_params *p, const void *table, const int32_t *indices,
               void *out);

#endif
