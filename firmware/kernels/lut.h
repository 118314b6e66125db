/* Any function of one int8: out = table[in + 128]. */
#ifndef HB_LUT_H
#define HB_LUT_H

#include <stdint.h>

struct lut_s8_params {
    const int8_t *table; /* [256] */
    int32_t count;
};

void lut_s8(const struct lut_s8_params *p, const int8_t *in, int8_t *out);

#endif
