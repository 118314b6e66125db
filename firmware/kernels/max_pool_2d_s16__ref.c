#include "max_pool_2d.h"

#define KERNEL max_pool_2d_s16
#define PARAMS struct max_pool_2d_s16_params
#define TYPE int16_t
#define LEAST INT16_MIN
#define WHOLE_FOURS(p, in, rows, columns, out) 0
#include "max_pool_2d.inc"
