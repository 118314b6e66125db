#include "dot_f32_vfp.h"
#include "rows_f32_vfp.h"
#include "runs_f32_vfp.h"

#include "conv_2d_f32.inc"
