/* GATHER of rows of any type: out[o][i] = table[o][ids[i]]. An id outside of the table gives
 * a row of zero bytes; nothing outside of the table is read. */
#ifndef HB_GATHER_H
#define HB_GATHER_H

#include <stdint.h>

struct hb_gather_params {
    int32_t outer;     /* axes before the gathered one, multiplied; 1 for axis 0 */
    int32_t rows;      /* length of the gathered axis */
    int32_t ids;
    int32_t row_bytes; /* axes after the gathered one, in bytes */
};

void hb_gather(const struct hb_gather_params *p, const void *table, const int32_t *ids, void *out);

#endif
