#include "fill.h"

#include <string.h>

/* Items of four bytes are stored, not copied by a call each. */
static void fill_words(const struct hb_fill_params *p, void *out)
{
    uint32_t value, *to = __builtin_assume_aligned(out, sizeof value);
    memcpy(&value, p->value, sizeof value);
#pragma GCC unroll 1
    for (int32_t i = 0; i < p->count; i++)
        memcpy(to + i, &value, sizeof value);
}

void hb_fill(const struct hb_fill_params *p, void *out)
{
    char *to = out;
    if (p->item_bytes == 1)
        memset(out, p->value[0], (size_t)p->count);
    else if (p->item_bytes == sizeof(uint32_t))
        fill_words(p, out);
    else
        for (int32_t i = 0; i < p->count; i++, to += p->item_bytes)
            memcpy(to, p->value, (size_t)p->item_bytes);
}
