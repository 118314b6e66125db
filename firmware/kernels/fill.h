/* The border of PAD: `count` items of 1, 2, 4 or 8 bytes become `value`. */
#ifndef HB_FILL_H
#define HB_FILL_H

#include <stdint.h>

struct hb_fill_params {
    int32_t count;
    int32_t item_bytes;
    uint8_t value[8]; /* its bytes as they lie in memory */
};

void hb_fill(const struct hb_fill_params *p, void *out);

#endif
