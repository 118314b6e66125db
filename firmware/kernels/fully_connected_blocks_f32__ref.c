#include "fully_connected_blocks.h"

static inline float limited(float y, float min, float max)
{
    const float above = y < min ? min : y;
    return above > max ? max : above;
}

static inline float four(const float *w, const float *x, float sum)
{
    sum += w[0] * x[0];
    sum += w[1] * x[1];
    sum += w[2] * x[2];
    return sum + w[3] * x[3];
}

void fully_connected_blocks_f32(const struct fully_connected_blocks_f32_params *restrict p,
                                const float *in, float *restrict out)
{
    for (int32_t b = 0; b < p->batches; b++, in += p->columns) {
        const float *w = p->weights, *const whole = in + (p->columns & -BLOCK_COLUMNS);
        const uint8_t *gaps = p->gaps;
        for (int32_t r = 0; r < p->rows; r++) {
            const float *x = in;
            float sum = 0.0f;
            int32_t gap;
            do {
                gap = *gaps++;
                x += BLOCK_COLUMNS * (gap % LAST_OF_ROW);
                if (x != whole)
                    sum = four(w, x, sum);
                else
                    for (int32_t k = 0; k < p->columns % BLOCK_COLUMNS; k++)
                        sum += w[k] * x[k];
                w += BLOCK_COLUMNS;
            } while (gap < LAST_OF_ROW);
            *out++ = limited(sum + (p->bias ? p->bias[r] : 0.0f), p->min, p->max);
        }
    }
}
