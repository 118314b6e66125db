/* TANH, or LOGISTIC, of an ADD that is no weighted sum: the few of hundreds of steps that tanh_of_sum_s8
 * (tanh.h) is not exact for, so that all steps are alike and one loop.
 */
#ifndef HB_TANH_OF_ADD_H
#define HB_TANH_OF_ADD_H

#include "add.h"
#include "tanh.h"

struct tanh_of_add_s8_params {
    struct add_s8_params sum; /* without broadcast */
    struct tanh_s8_params curve;
};

void tanh_of_add_s8(const struct tanh_of_add_s8_params *p, const int8_t *a, const int8_t *b,
                    int8_t *out);

#endif
