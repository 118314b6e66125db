/* QUANTIZE, DEQUANTIZE, and int8 operators that only change the scale: real = scale * (q - zp). */
#ifndef HB_QUANTIZE_H
#define HB_QUANTIZE_H

#include <stdint.h>

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

/* Also RELU and RELU6 in int8, by `min` and `max`. */
struct requantize_s8_params {
    int32_t count;
    int32_t multiplier; /* input scale / output scale */
    int8_t shift;
    int8_t input_zero_point, output_zero_point;
    int8_t min, max;
};

/* The same with the zero point and the limits of int8 in one step (rescale_s8.h). */
struct requantize_rounded_s8_params {
    int32_t count;
    int32_t multiplier, rounding;
    int8_t shift;
    int8_t input_zero_point;
};

void quantize_f32_s8(const struct quantize_f32_s8_params *p, const float *in, int8_t *out);
void dequantize_s8_f32(const struct dequantize_s8_f32_params *p, const int8_t *in, float *out);
void requantize_s8(const struct requantize_s8_params *p, const int8_t *in, int8_t *out);
void requantize_rounded_s8(const struct requantize_rounded_s8_params *p, const int8_t *in,
                           int8_t *out);

#endif
