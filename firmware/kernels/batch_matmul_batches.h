/* The batches of BATCH_MATMUL one after another. */
#ifndef HB_BATCH_MATMUL_BATCHES_H
#define HB_BATCH_MATMUL_BATCHES_H

#include "batch_matmul.h"

static inline int32_t batches_of(const struct batch_matmul_shape *s)
{
    return s->batches[0] * s->batches[1] * s->batches[2];
}

/* Where an operand with these strides has its index-th matrix. */
static inline int32_t batch_start(const struct batch_matmul_shape *s, const int32_t strides[3],
                                  int32_t index)
{
    const int32_t k = index % s->batches[2], ij = index / s->batches[2];
    return ij / s->batches[1] * strides[0] + ij % s->batches[1] * strides[1] + k * strides[2];
}

#endif
