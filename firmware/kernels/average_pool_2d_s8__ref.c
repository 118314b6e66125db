#include "average_pool_2d.h"

#define KERNEL average_pool_2d_s8
#define PARAMS struct average_pool_2d_s8_params
#define TYPE int8_t
#define WHOLE_FOURS(p, in, rows, columns, out) 0
#include "average_pool_2d.inc"
