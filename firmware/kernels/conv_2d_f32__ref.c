#include "dot_f32.h"
#include "rows_f32.h"
#include "runs_f32.h"

#include "conv_2d_f32.inc"
