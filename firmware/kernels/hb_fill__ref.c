#include "fill.h"

#include <string.h>

void hb_fill(const struct hb_fill_params *p, void *out)
{
    char *to = out;
    for (int32_t i = 0; i < p->count; i++, to += p->item_bytes)
        memcpy(to, p->value, (size_t)p->item_bytes);
}
