/* The logistic function and tanh in int16, by linear interpolation in one table. */
#ifndef HB_LOGISTIC_TABLE_H
#define HB_LOGISTIC_TABLE_H

#include <stdint.h>

enum { LOGISTIC_NODES = 256 }; /* to either side of 0 */

/* logistic(i / 24) - 1/2 in units of 2^-16, for linear interpolation, at i + LOGISTIC_NODES; 1/2 from
 * i = 255 on, and -1/2 on the other side. */
struct lstm_logistic_table {
    int16_t values[513];
};

/* x = in * multiplier / 2^shift, rounded, in units of 2^-12 / 3. */
struct logistic_s16_params {
    const struct lstm_logistic_table *table;
    int32_t count;
    int32_t multiplier;
    int8_t shift;
};

struct tanh_s16_params {
    const struct lstm_logistic_table *table;
    int32_t count;
    int32_t multiplier;
    int8_t shift;
};

/* Outputs in units of 2^-15. */
void logistic_s16(const struct logistic_s16_params *p, const int16_t *in, int16_t *out);
void tanh_s16(const struct tanh_s16_params *p, const int16_t *in, int16_t *out);

#endif
