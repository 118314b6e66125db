/* LOGICAL_AND, LOGICAL_OR of bytes that are 0 or 1, with broadcasting.
 */
#ifndef HB_LOGICAL_H
#define HB_LOGICAL_H

#include <stdint.h>

#include "broadcast.h"

struct logical_and_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct logical_or_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

void logical_and(const struct logical_and_params *p, const uint8_t *a, const uint8_t *b, uint8_t *out);
void logical_or(const struct logical_or_params *p, const uint8_t *a, const uint8_t *b, uint8_t *out);

#endif
