#include "copy.h"

#include <string.h>

/* Words where both sides are whole ones: memcpy of a small C library copies bytes, 14 cycles for four. */
static inline void copy_run(const char *from, char *to, int32_t bytes)
{
    if (((uintptr_t)from | (uintptr_t)to | (uintptr_t)bytes) % sizeof(uint32_t) != 0) {
        memcpy(to, from, (size_t)bytes);
        return;
    }
    const uint32_t *word = __builtin_assume_aligned(from, sizeof *word);
    uint32_t *out = __builtin_assume_aligned(to, sizeof *out);
    for (; bytes >= 16; bytes -= 16, word += 4, out += 4)
        memcpy(out, word, 16);
    for (; bytes > 0; bytes -= 4, word++, out++) {
        memcpy(out, word, 4);
        __asm__ volatile(""); /* the count of this loop is not worth finding beforehand */
    }
}

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
                    copy_run(from + l * p->in_stride[3], to + l * p->out_stride[3],
                             p->run_bytes);
            }
}
