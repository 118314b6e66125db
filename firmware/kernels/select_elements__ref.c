#include "select.h"

#include <string.h>

static inline int32_t at(const int32_t stride[4], int32_t i, int32_t j, int32_t k, int32_t l)
{
    return i * stride[0] + j * stride[1] + k * stride[2] + l * stride[3];
}

void select_elements(const struct select_elements_params *restrict p, const uint8_t *condition,
                     const void *a, const void *b, void *out)
{
    char *to = out;
    for (int32_t i = 0; i < p->shape[0]; i++)
        for (int32_t j = 0; j < p->shape[1]; j++)
            for (int32_t k = 0; k < p->shape[2]; k++)
                for (int32_t l = 0; l < p->shape[3]; l++, to += p->item_bytes) {
                    const char *from = condition[at(p->stride_condition, i, j, k, l)]
                                           ? (const char *)a + at(p->stride_a, i, j, k, l)
                                           : (const char *)b + at(p->stride_b, i, j, k, l);
                    memmove(to, from, (size_t)p->item_bytes);
                }
}
