/* SVDF: a filter over features, whose outputs of the last steps a second filter weighs.
 *
 * Equations: Nakkiran et al., "Compressing Deep Neural Networks using a Rank-Constrained
 * Topology" (Interspeech 2015), section 3. `state` is [filters][memory], the newest step last.
 */
#ifndef HB_SVDF_H
#define HB_SVDF_H

#include <stdint.h>

struct svdf_shape {
    int32_t batches, features, filters, memory, rank;
};

struct svdf_f32_params {
    struct svdf_shape shape;
    const float *feature_weights; /* [filters][features] */
    const float *time_weights;    /* [filters][memory] */
    const float *bias;            /* [filters / rank], may be null */
    float min, max;
};

struct svdf_s8_params {
    struct svdf_shape shape;
    const int8_t *feature_weights; /* [filters][features] */
    const int16_t *time_weights;   /* [filters][memory] */
    const int32_t *bias;           /* [filters / rank], may be null */
    int32_t multiplier_state, multiplier_out;
    int8_t shift_state, shift_out;
    int8_t input_zero_point, output_zero_point;
};

void svdf_f32(const struct svdf_f32_params *p, const float *in, float *state, float *out);
void svdf_s8(const struct svdf_s8_params *p, const int8_t *in, int16_t *state, int8_t *out);

#endif
