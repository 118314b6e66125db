/* RESIZE_NEAREST_NEIGHBOR, RESIZE_BILINEAR over NHWC; where a pixel comes from is in tables. */
#ifndef HB_RESIZE_H
#define HB_RESIZE_H

#include <stdint.h>

struct resize_size {
    int32_t batches, in_h, in_w, out_h, out_w, channels;
};

struct resize_nearest_params {
    struct resize_size size;
    const int32_t *rows;    /* [out_h]: the row of the input */
    const int32_t *columns; /* [out_w] */
    int32_t pixel_bytes;    /* channels times the bytes of an element */
};

struct resize_bilinear_f32_params {
    struct resize_size size;
    const int32_t *row_above, *row_below; /* [out_h] */
    const int32_t *column_left, *column_right; /* [out_w] */
    const float *row_fraction, *column_fraction; /* the weight of what is below, or right */
};

struct resize_bilinear_s8_params {
    struct resize_size size;
    const int32_t *row_above, *row_below; /* [out_h] */
    const int32_t *column_left, *column_right; /* [out_w] */
    const int32_t *row_fraction, *column_fraction; /* times 2^10 */
};

void resize_nearest(const struct resize_nearest_params *p, const void *in, void *out);
void resize_bilinear_f32(const struct resize_bilinear_f32_params *p, const float *in, float *out);
void resize_bilinear_s8(const struct resize_bilinear_s8_params *p, const int8_t *in, int8_t *out);

#endif
