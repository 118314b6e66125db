/* Weights of dynamic range: float operators whose int8 weights meet inputs that are quantized when
 * they are known, a row at a time. x = scale * (q - zero_point).
 * Source: the arithmetic of TensorFlow Lite's reference kernels for such files. */
#ifndef HB_HYBRID_H
#define HB_HYBRID_H

#include <stdint.h>

#include "fixed_point.h"
#include "round_away.h"

struct hybrid_row {
    float scale;
    int32_t zero_point;
};

/* A zero point between the limits of int8, the one of whose ends is represented best. */
static inline int32_t hybrid_zero_point(double least, double greatest, double scale)
{
    const double from_least = INT8_MIN - least / scale, from_greatest = INT8_MAX - greatest / scale;
    const double best = -INT8_MIN - least / scale < INT8_MAX + greatest / scale ? from_least
                                                                               : from_greatest;
    const int32_t whole = (int32_t)best; /* towards zero; then ties away from it */
    const double rest = best - whole;
    return clamp(whole + (rest >= 0.5) - (rest <= -0.5), INT8_MIN, INT8_MAX);
}

/* n values as int8: over the range from their least to their greatest and 0, or symmetric. */
static inline struct hybrid_row hybrid_row(const float *in, int32_t n, int32_t is_asymmetric,
                                           int8_t *out)
{
    float least = 0.0f, greatest = 0.0f;
    for (int32_t i = 0; i < n; i++) {
        least = in[i] < least ? in[i] : least;
        greatest = in[i] > greatest ? in[i] : greatest;
    }
    struct hybrid_row row = {1.0f, 0};
    float factor = 0.0f; /* all are 0 */
    if (is_asymmetric && least < greatest) {
        const double scale = ((double)greatest - (double)least) / (INT8_MAX - INT8_MIN);
        row.scale = (float)scale;
        row.zero_point = hybrid_zero_point((double)least, (double)greatest, scale);
        factor = 1.0f / row.scale;
    } else if (least < greatest) {
        const float largest = greatest > -least ? greatest : -least;
        row.scale = largest / INT8_MAX;
        factor = INT8_MAX / largest;
    }
    const int32_t min = is_asymmetric ? INT8_MIN : -INT8_MAX;
    for (int32_t i = 0; i < n; i++)
        out[i] = (int8_t)clamp(round_away((float)row.zero_point + in[i] * factor), min, INT8_MAX);
    return row;
}

/* The sum of (a - zero_point) * b over n products. */
static inline int32_t hybrid_dot(const int8_t *a, int32_t zero_point, const int8_t *b, int32_t n)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += (a[i] - zero_point) * b[i];
    return sum;
}

static inline float hybrid_limited(float x, float min, float max)
{
    const float above = x < min ? min : x;
    return above > max ? max : above;
}

#endif
