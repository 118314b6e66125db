/* DYNAMIC_UPDATE_SLICE: a tensor with another one in it, from a place on that is data. */
#ifndef HB_UPDATE_SLICE_H
#define HB_UPDATE_SLICE_H

#include <stdint.h>

struct hb_update_slice_params {
    int32_t shape[4], update[4]; /* slowest axis first; axes that are not needed have length 1 */
    int32_t axes;                /* that are needed: the last ones */
    int32_t item_bytes;
};

/* `start` has a number for each axis that is needed, which is brought into range. `out` may be
 * `value`. */
void hb_update_slice(const struct hb_update_slice_params *p, const void *value, const void *update,
                     const int32_t *start, void *out);

#endif
