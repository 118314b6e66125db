/* The average of integers. */
#ifndef HB_AVERAGE_H
#define HB_AVERAGE_H

#include "fixed_point.h"

/* sum / count, ties away from zero. */
static inline int32_t average(int32_t sum, int32_t count)
{
    const int32_t half = sum > 0 ? count / 2 : -(count / 2);
    return (sum + half) / count;
}

#endif
