/* SELECT, SELECT_V2: out = condition ? a : b, all broadcast to one shape. */
#ifndef HB_SELECT_H
#define HB_SELECT_H

#include <stdint.h>

struct select_elements_params {
    int32_t shape[4]; /* slowest axis first; axes that are not needed have length 1 */
    int32_t stride_condition[4], stride_a[4], stride_b[4]; /* in bytes, 0 where it repeats */
    int32_t item_bytes;
};

void select_elements(const struct select_elements_params *p, const uint8_t *condition,
                     const void *a, const void *b, void *out);

#endif
