/* EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL: out[i] = a[i] op b[i] as 0 or 1, with
 * broadcasting.
 */
#ifndef HB_COMPARE_H
#define HB_COMPARE_H

#include <stdint.h>

#include "broadcast.h"

/* Both operands of an int8 comparison, brought to one scale: x * 2^8 times their own scale. */
struct comparison_s8 {
    int32_t multiplier_a, multiplier_b;
    int8_t shift_a, shift_b;
    int8_t zero_point_a, zero_point_b;
};

struct equal_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct equal_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct equal_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    struct comparison_s8 scales;
};

struct equal_bool_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct not_equal_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct not_equal_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct not_equal_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    struct comparison_s8 scales;
};

struct not_equal_bool_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct less_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct less_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct less_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    struct comparison_s8 scales;
};

struct less_equal_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct less_equal_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct less_equal_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    struct comparison_s8 scales;
};

struct greater_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct greater_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct greater_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    struct comparison_s8 scales;
};

struct greater_equal_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct greater_equal_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct greater_equal_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
    struct comparison_s8 scales;
};

void equal_f32(const struct equal_f32_params *p, const float *a, const float *b, uint8_t *out);
void equal_s32(const struct equal_s32_params *p, const int32_t *a, const int32_t *b, uint8_t *out);
void equal_s8(const struct equal_s8_params *p, const int8_t *a, const int8_t *b, uint8_t *out);
void equal_bool(const struct equal_bool_params *p, const uint8_t *a, const uint8_t *b, uint8_t *out);
void not_equal_f32(const struct not_equal_f32_params *p, const float *a, const float *b, uint8_t *out);
void not_equal_s32(const struct not_equal_s32_params *p, const int32_t *a, const int32_t *b, uint8_t *out);
void not_equal_s8(const struct not_equal_s8_params *p, const int8_t *a, const int8_t *b, uint8_t *out);
void not_equal_bool(const struct not_equal_bool_params *p, const uint8_t *a, const uint8_t *b, uint8_t *out);
void less_f32(const struct less_f32_params *p, const float *a, const float *b, uint8_t *out);
void less_s32(const struct less_s32_params *p, const int32_t *a, const int32_t *b, uint8_t *out);
void less_s8(const struct less_s8_params *p, const int8_t *a, const int8_t *b, uint8_t *out);
void less_equal_f32(const struct less_equal_f32_params *p, const float *a, const float *b, uint8_t *out);
void less_equal_s32(const struct less_equal_s32_params *p, const int32_t *a, const int32_t *b, uint8_t *out);
void less_equal_s8(const struct less_equal_s8_params *p, const int8_t *a, const int8_t *b, uint8_t *out);
void greater_f32(const struct greater_f32_params *p, const float *a, const float *b, uint8_t *out);
void greater_s32(const struct greater_s32_params *p, const int32_t *a, const int32_t *b, uint8_t *out);
void greater_s8(const struct greater_s8_params *p, const int8_t *a, const int8_t *b, uint8_t *out);
void greater_equal_f32(const struct greater_equal_f32_params *p, const float *a, const float *b, uint8_t *out);
void greater_equal_s32(const struct greater_equal_s32_params *p, const int32_t *a, const int32_t *b, uint8_t *out);
void greater_equal_s8(const struct greater_equal_s8_params *p, const int8_t *a, const int8_t *b, uint8_t *out);

#endif
