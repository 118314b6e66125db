#include "update_slice.h"
#include <string.h>

static int32_t place(const struct hb_update_slice_params *p, const int32_t *start, int32_t axis)
{
    const int32_t unused = 4 - p->axes;
    const int32_t first = axis < unused ? 0 : start[axis - unused];
    const int32_t last = p->shape[axis] - p->update[axis];
    return first < 0 ? 0 : first > last ? last : first;
}

void hb_update_slice(const struct hb_update_slice_params *p, const void *value, const void *update,
                     const int32_t *start, void *out)
{
    const int32_t *n = p->shape, *m = p->update;
    const int32_t at[4] = {place(p, start, 0), place(p, start, 1), place(p, start, 2),
                           place(p, start, 3)};
    const size_t run = (size_t)(m[3] * p->item_bytes);
    const uint8_t *from = update;
    uint8_t *to = out;

    if (out != value)
        memcpy(out, value, (size_t)(n[0] * n[1] * n[2] * n[3] * p->item_bytes));
    for (int32_t i = 0; i < m[0]; i++)
        for (int32_t j = 0; j < m[1]; j++)
            for (int32_t k = 0; k < m[2]; k++, from += run) {
                const int32_t row = ((at[0] + i) * n[1] + at[1] + j) * n[2] + at[2] + k;
                memcpy(to + (row * n[3] + at[3]) * p->item_bytes, from, run);
            }
}
