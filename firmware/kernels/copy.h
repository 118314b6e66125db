/* Copies a strided block: whatever part SPLIT, SPLIT_V, PACK, UNPACK, CONCATENATION, SLICE,
 * STRIDED_SLICE and TRANSPOSE move between one input and one output, of any type.
 *
 * The caller adds the offset of the block's first element to `in` and `out`. Strides are in
 * bytes and may be negative; axes that are not needed have shape 1.
 */
#ifndef HB_COPY_H
#define HB_COPY_H

#include <stdint.h>

struct hb_copy_params {
    int32_t shape[4]; /* slowest axis first */
    int32_t in_stride[4];
    int32_t out_stride[4];
    int32_t run_bytes; /* contiguous on both sides */
};

void hb_copy(const struct hb_copy_params *p, const void *in, void *out);

#endif
