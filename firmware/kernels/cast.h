/* CAST: the value in another type, without scale. Floats lose their fraction; those outside
 * of int32 (and NaN) give the nearest int32 (and 0), where C has no answer. */
#ifndef HB_CAST_H
#define HB_CAST_H

#include <stdint.h>

struct cast_f32_s32_params {
    int32_t count;
};

struct cast_s32_f32_params {
    int32_t count;
};

struct cast_s8_s32_params {
    int32_t count;
};

struct cast_s8_f32_params {
    int32_t count;
};

struct cast_u8_f32_params {
    int32_t count;
};

struct cast_u8_s32_params {
    int32_t count;
};

struct cast_f32_bool_params {
    int32_t count;
};

struct cast_s32_bool_params {
    int32_t count;
};

void cast_f32_s32(const struct cast_f32_s32_params *p, const float *in, int32_t *out);
void cast_s32_f32(const struct cast_s32_f32_params *p, const int32_t *in, float *out);
void cast_s8_s32(const struct cast_s8_s32_params *p, const int8_t *in, int32_t *out);
void cast_s8_f32(const struct cast_s8_f32_params *p, const int8_t *in, float *out);
void cast_u8_f32(const struct cast_u8_f32_params *p, const uint8_t *in, float *out);
void cast_u8_s32(const struct cast_u8_s32_params *p, const uint8_t *in, int32_t *out);
void cast_f32_bool(const struct cast_f32_bool_params *p, const float *in, uint8_t *out);
void cast_s32_bool(const struct cast_s32_bool_params *p, const int32_t *in, uint8_t *out);

#endif
