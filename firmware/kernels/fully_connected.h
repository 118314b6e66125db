/* FULLY_CONNECTED: out[b][r] = activation(bias[r] + sum over c of in[b][c] * weights[r][c]). */
#ifndef HB_FULLY_CONNECTED_H
#define HB_FULLY_CONNECTED_H

#include <stdint.h>

struct fully_connected_f32_params {
    const float *weights; /* [rows / 8][columns][8], then the rows behind: [columns] each */
    const float *bias;    /* [rows], or null */
    int32_t batches, rows, columns;
    float min, max;
};

/* The sum of (in - input_zero_point) * weight is the sum of in * weight, less input_zero_point
 * times the row's sum of weights: exact modulo 2^32, and one multiplication a row. The row sums
 * belong to the weights, so that operators which share weights share them too. */
struct fully_connected_s8_params {
    const int8_t *weights;   /* [rows][columns], zero point 0 */
    const int32_t *bias;     /* [rows], or null */
    const int32_t *row_sums; /* [rows] */
    int32_t batches, rows, columns;
    int32_t multiplier;      /* input scale * weight scale / output scale */
    int8_t shift;
    int8_t input_zero_point;
    int8_t output_zero_point;
    int8_t min, max;
};

/* The same with a weight scale, hence a multiplier and shift, per row. */
struct fully_connected_per_channel_s8_params {
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *row_sums;
    const int32_t *multipliers; /* [rows] */
    const int8_t *shifts;       /* [rows] */
    int32_t batches, rows, columns;
    int8_t input_zero_point;
    int8_t output_zero_point;
    int8_t min, max;
};

/* int16 activations of zero point 0; sums have 64 bits (wide.h). */
struct fully_connected_s16_params {
    const int8_t *weights;      /* [rows][columns], zero point 0 */
    const int64_t *bias;        /* [rows], or null */
    const int16_t *multipliers; /* [rows] */
    const int8_t *shifts;       /* [rows] */
    int32_t batches, rows, columns;
    int16_t min, max;
};

/* int8 weights beside float inputs (hybrid.h). `scratch` has a byte for each column. */
struct fully_connected_hybrid_params {
    const int8_t *weights; /* [rows][columns], zero point 0 */
    const float *scales;   /* [rows], of the weights */
    const float *bias;     /* [rows], or null */
    int32_t batches, rows, columns;
    float min, max;
    int8_t is_asymmetric;
};

/* The product of rows in pairs (packed.h). The compiler takes it where it is exact; README.md says
 * when. `scratch` has 2 bytes for each of packed_columns(columns). */
struct fully_connected_packed_s8_params {
    const int16_t *weights; /* [rows rounded up to 2][columns as packed_columns() gives them] / 2 pairs */
    const int32_t *bias;    /* [rows], doubled, or null; of each four rows in the order 0 2 1 3 */
    int32_t batches, rows, columns;
    int32_t multiplier;
    int32_t rounding;       /* 2^(shift - 1) + output zero point * 2^shift */
    int8_t shift;           /* to the right, after the multiplication: 1 to 22 */
    int8_t input_zero_point;
    int8_t min, max;
};

/* The same with a scale per row. */
struct fully_connected_packed_per_channel_s8_params {
    const int16_t *weights;
    const int32_t *bias;
    const int32_t *channels; /* [rows][3]: multiplier, rounding, shift */
    int32_t batches, rows, columns;
    int8_t input_zero_point;
    int8_t min, max;
};

/* The same of two inputs at once, each with an output and an output scale of its own: a weight is
 * loaded and unpacked once for both. Rows are fours, and nothing is clipped. There are `batches`
 * inputs, at least 2: `second` is right behind `first` where they are more. `scratch` has 4 bytes
 * for each of packed_columns(columns). */
struct fully_connected_packed_2_vectors_s8_params {
    const int16_t *weights;
    const int32_t *bias;
    int32_t batches, rows, columns;
    int32_t multiplier_a, rounding_a;
    int32_t multiplier_b, rounding_b;
    int8_t shift_a, shift_b;
    int8_t input_zero_point;
};

void fully_connected_f32(const struct fully_connected_f32_params *p, const float *in, float *out);
void fully_connected_s8(const struct fully_connected_s8_params *p, const int8_t *in, int8_t *out);
void fully_connected_per_channel_s8(const struct fully_connected_per_channel_s8_params *p,
                                    const int8_t *in, int8_t *out);
void fully_connected_packed_s8(const struct fully_connected_packed_s8_params *p, const int8_t *in,
                               int8_t *out, void *scratch);
void fully_connected_packed_per_channel_s8(
    const struct fully_connected_packed_per_channel_s8_params *p, const int8_t *in, int8_t *out,
    void *scratch);
void fully_connected_s16(const struct fully_connected_s16_params *p, const int16_t *in,
                         int16_t *out);
void fully_connected_hybrid(const struct fully_connected_hybrid_params *p, const float *in,
                            float *out, void *scratch);
void fully_connected_packed_2_vectors_s8(const struct fully_connected_packed_2_vectors_s8_params *p,
                                         const int8_t *first, const int8_t *second,
                                         int8_t *first_out, int8_t *second_out, void *scratch);

#endif
