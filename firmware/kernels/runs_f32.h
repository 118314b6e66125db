/* Runs of floats, copied one behind the other: what a window sees of the lines of an input. */
#ifndef HB_RUNS_F32_H
#define HB_RUNS_F32_H

#include <stdint.h>

/* `count` runs, each `gap` floats behind the end of the one before. Returns what is behind the copy. */
static inline float *put_runs(const float *from, int32_t count, int32_t length, int32_t gap, float *to)
{
    for (; count > 0; count--, from += gap)
        for (int32_t left = length; left > 0; left--)
            *to++ = *from++;
    return to;
}

#endif
