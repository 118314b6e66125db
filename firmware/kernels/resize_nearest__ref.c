#include <string.h>

#include "resize.h"

void resize_nearest(const struct resize_nearest_params *restrict p, const void *in, void *out)
{
    const struct resize_size s = p->size;
    const size_t pixel = (size_t)p->pixel_bytes;
    const char *from = in;
    char *to = out;
    for (int32_t n = 0; n < s.batches; n++, from += (size_t)(s.in_h * s.in_w) * pixel)
        for (int32_t y = 0; y < s.out_h; y++)
            for (int32_t x = 0; x < s.out_w; x++, to += pixel)
                memcpy(to, from + (size_t)(p->rows[y] * s.in_w + p->columns[x]) * pixel, pixel);
}
