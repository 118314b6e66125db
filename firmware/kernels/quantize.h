/* QUANTIZE, DEQUANTIZE, and int8 operators that only change the scale: real = scale * (q - zp). */
#ifndef HB_QUANTIZE_H
#define HB_QUANTIZE_H

#include <stdint.h>

#include "fixed_point.h"

struct quantize_f32_s8_params {
    int32_t count;
    float scale;
    int8_t zero_point;
};

struct dequantize_s8_f32_params {
    int32_t count;
    float scale;
    int8_t zero_point;
};

struct quantize_f32_u8_params {
    int32_t count;
    float scale;
    uint8_t zero_point;
};

struct dequantize_u8_f32_params {
    int32_t count;
    float scale;
    uint8_t zero_point;
};

struct quantize_f32_s16_params {
    int32_t count;
    float scale;
};

struct dequantize_s16_f32_params {
    int32_t count;
    float scale;
};

/* Between int16, of zero point 0, and int16 or int8. */
struct requantize_s16_params {
    int32_t count;
    int32_t multiplier; /* input scale / output scale */
    int8_t shift;
};

struct requantize_s16_s8_params {
    int32_t count;
    int32_t multiplier;
    int8_t shift;
    int8_t zero_point; /* of the int8 */
};

struct requantize_s8_s16_params {
    int32_t count;
    int32_t multiplier;
    int8_t shift;
    int8_t zero_point;
};

/* Also RELU and RELU6 in int8, by `min` and `max`. */
struct requantize_s8_params {
    int32_t count;
    int32_t multiplier; /* input scale / output scale */
    int8_t shift;
    int8_t input_zero_point, output_zero_point;
    int8_t min, max;
};

enum { REQUANTIZE_NARROW_S8_FRACTION_BITS = 20 };

/* The same as one linear function, out = (in * weight + offset) / 2^20 rounded down, limited to int8; and
 * ADD and SUB of a tensor and one number. The compiler takes it where it gives the same output
 * for all 256 inputs. */
struct requantize_narrow_s8_params {
    int32_t count;
    int32_t weight; /* input scale / output scale * 2^20 */
    int32_t offset; /* zero points and rounding */
};

static inline int8_t requantize_narrow(int32_t weight, int32_t offset, int32_t in)
{
    const int32_t sum = in * weight + offset;
    return (int8_t)clamp(sum >> REQUANTIZE_NARROW_S8_FRACTION_BITS, INT8_MIN, INT8_MAX);
}

void quantize_f32_s8(const struct quantize_f32_s8_params *p, const float *in, int8_t *out);
void dequantize_s8_f32(const struct dequantize_s8_f32_params *p, const int8_t *in, float *out);
void requantize_s8(const struct requantize_s8_params *p, const int8_t *in, int8_t *out);
void requantize_narrow_s8(const struct requantize_narrow_s8_params *p, const int8_t *in,
                          int8_t *out);
void quantize_f32_u8(const struct quantize_f32_u8_params *p, const float *in, uint8_t *out);
void dequantize_u8_f32(const struct dequantize_u8_f32_params *p, const uint8_t *in, float *out);
void quantize_f32_s16(const struct quantize_f32_s16_params *p, const float *in, int16_t *out);
void dequantize_s16_f32(const struct dequantize_s16_f32_params *p, const int16_t *in, float *out);
void requantize_s16(const struct requantize_s16_params *p, const int16_t *in, int16_t *out);
void requantize_s16_s8(const struct requantize_s16_s8_params *p, const int16_t *in, int8_t *out);
void requantize_s8_s16(const struct requantize_s8_s16_params *p, const int8_t *in, int16_t *out);

#endif
