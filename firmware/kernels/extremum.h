/* MINIMUM, MAXIMUM: the smaller or larger of two elements, with broadcasting.
 */
#ifndef HB_EXTREMUM_H
#define HB_EXTREMUM_H

#include <stdint.h>

#include "broadcast.h"

struct minimum_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct minimum_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct minimum_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct maximum_f32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct maximum_s8_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct maximum_s32_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct maximum_s16_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

struct minimum_s16_params {
    const struct broadcast *broadcast; /* null: a, b and out have the same shape */
    int32_t count;                     /* elements of out */
};

void minimum_f32(const struct minimum_f32_params *p, const float *a, const float *b, float *out);
void minimum_s8(const struct minimum_s8_params *p, const int8_t *a, const int8_t *b, int8_t *out);
void minimum_s32(const struct minimum_s32_params *p, const int32_t *a, const int32_t *b, int32_t *out);
void maximum_s16(const struct maximum_s16_params *p, const int16_t *a, const int16_t *b, int16_t *out);
void minimum_s16(const struct minimum_s16_params *p, const int16_t *a, const int16_t *b, int16_t *out);
void maximum_f32(const struct maximum_f32_params *p, const float *a, const float *b, float *out);
void maximum_s8(const struct maximum_s8_params *p, const int8_t *a, const int8_t *b, int8_t *out);
void maximum_s32(const struct maximum_s32_params *p, const int32_t *a, const int32_t *b, int32_t *out);

#endif
