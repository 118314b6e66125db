/* TANH, or LOGISTIC, of an ADD where there are no constants of tanh_of_sum_s8 (tanh.h): a few of hundreds
 * of steps, so that all are alike and one loop. Any function of a sum, as a table.
 */
#ifndef HB_LUT_OF_ADD_H
#define HB_LUT_OF_ADD_H

#include "add.h"

struct lut_of_add_s8_params {
    const int8_t *table; /* [256], of the sums -128 to 127 */
    struct add_s8_params sum; /* without broadcast */
};

void lut_of_add_s8(const struct lut_of_add_s8_params *p, const int8_t *a, const int8_t *b,
                   int8_t *out);

#endif
