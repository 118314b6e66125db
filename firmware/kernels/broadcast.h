/* How two operands of different shape meet in an elementwise operator.
 *
 * The output is cut into runs of `run` consecutive elements. Within a run an operand either
 * walks along (step 1) or stays (step 0); between runs it moves by its strides (in elements,
 * 0 along an axis that it repeats). hilbench/engines/aot/numerics/broadcast.py fills this.
 */
#ifndef HB_BROADCAST_H
#define HB_BROADCAST_H

#include <stdint.h>

struct broadcast {
    int32_t runs;        /* outer[0] * outer[1] * outer[2] */
    int32_t run;
    int32_t outer[3];    /* slowest axis first */
    int32_t stride_a[3];
    int32_t stride_b[3];
    int8_t step_a;       /* 0 or 1, not both 0 unless run is 1 */
    int8_t step_b;
};

/* Where the operand with these strides starts in the index-th run. */
static inline int32_t run_start(const struct broadcast *s, const int32_t stride[3], int32_t index)
{
    const int32_t k = index % s->outer[2];
    const int32_t ij = index / s->outer[2];
    return ij / s->outer[1] * stride[0] + ij % s->outer[1] * stride[1] + k * stride[2];
}

#endif
