#include "copy.h"

#include <string.h>

void hb_copy(const struct hb_copy_params *restrict p, const void *in, void *out)
{
    for (int32_t i = 0; i < p->shape[0]; i++)
        for (int32_t j = 0; j < p->shape[1]; j++)
            for (int32_t k = 0; k < p->shape[2]; k++) {
                const char *from = (const char *)in + i * p->in_stride[0] + j * p->in_stride[1]
                                   + k * p->in_stride[2];
                char *to = (char *)out + i * p->out_stride[0] + j * p->out_stride[1]
                           + k * p->out_stride[2];
                for (int32_t l = 0; l < p->shape[3]; l++)
                    memcpy(to + l * p->out_stride[3], from + l * p->in_stride[3],
                           (size_t)p->run_bytes);
            }
}
