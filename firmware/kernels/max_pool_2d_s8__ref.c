#include "max_pool_2d.h"

#define KERNEL max_pool_2d_s8
#define PARAMS struct max_pool_2d_s8_params
#define TYPE int8_t
#define LEAST INT8_MIN
#define WHOLE_FOURS(p, in, rows, columns, out) 0
#include "max_pool_2d.inc"
