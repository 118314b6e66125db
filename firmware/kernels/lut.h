/* Any function of one int8: out = table[in + 128]. */
#ifndef HB_LUT_H
#define HB_LUT_H

#include <stdint.h>

struct lut_s8_params {
    const int8_t *table; /* [256] */
    int32_t count;
};

/* Between int8 and uint8, which differ in the order of their bytes: out = table[byte in]. */
struct lut_bytes_params {
    const uint8_t *table; /* [256] */
    int32_t count;
};

void lut_s8(const struct lut_s8_params *p, const int8_t *in, int8_t *out);
void lut_bytes(const struct lut_bytes_params *p, const void *in, void *out);

#endif
