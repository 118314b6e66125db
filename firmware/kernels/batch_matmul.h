/* BATCH_MATMUL: out[batch][row][column] = sum over depth of a[batch][row][depth] b[batch][depth][column].
 *
 * Strides count elements; a transposed operand has them exchanged, and one that is the same for
 * all of an axis of batches has the stride 0.
 */
#ifndef HB_BATCH_MATMUL_H
#define HB_BATCH_MATMUL_H

#include <stdint.h>

struct batch_matmul_shape {
    int32_t batches[3]; /* slowest first; 1 where there is none */
    int32_t batch_stride_a[3], batch_stride_b[3];
    int32_t rows, depth, columns;
    int32_t row_stride_a, depth_stride_a, depth_stride_b, column_stride_b;
};

struct batch_matmul_f32_params {
    struct batch_matmul_shape shape;
};

struct batch_matmul_s8_params {
    struct batch_matmul_shape shape;
    int32_t multiplier; /* scale of a * scale of b / scale of out */
    int8_t shift;
    int8_t zero_point_a, zero_point_b, zero_point_out;
};

/* The same with a factor as of rescale_s8(); rows of a lie in one piece. `scratch` has 2 bytes for each of
 * packed_columns(depth). */
struct batch_matmul_rounded_s8_params {
    struct batch_matmul_shape shape;
    int32_t multiplier;
    int32_t rounding; /* 2^(shift - 1) + output zero point * 2^shift */
    int8_t shift;     /* to the right: 1 to 22 */
    int8_t zero_point_a, zero_point_b;
};

struct batch_matmul_s16_params {
    struct batch_matmul_shape shape;
    int16_t multiplier; /* as of rescale_wide(); scale of a * scale of b / scale of out */
    int8_t shift;
};

void batch_matmul_f32(const struct batch_matmul_f32_params *p, const float *a, const float *b,
                      float *out);
void batch_matmul_s8(const struct batch_matmul_s8_params *p, const int8_t *a, const int8_t *b,
                     int8_t *out);
void batch_matmul_rounded_s8(const struct batch_matmul_rounded_s8_params *p, const int8_t *a,
                             const int8_t *b, int8_t *out, void *scratch);
void batch_matmul_s16(const struct batch_matmul_s16_params *p, const int16_t *a, const int16_t *b,
                      int16_t *out);

#endif
