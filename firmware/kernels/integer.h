/* ADD, SUB, MUL of int32 without scales, modulo 2^32, with broadcasting.
 */
#ifndef HB_INTEGER_H
#define HB_INTEGER_H

#include <stdint.h>

#include "broadcast.h"

struct add_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct sub_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct mul_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

void add_s32(const struct add_s32_params *p, const int32_t *a, const int32_t *b, int32_t *out);
void sub_s32(const struct sub_s32_params *p, const int32_t *a, const int32_t *b, int32_t *out);
void mul_s32(const struct mul_s32_params *p, const int32_t *a, const int32_t *b, int32_t *out);

#endif
