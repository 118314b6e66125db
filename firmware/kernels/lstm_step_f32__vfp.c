#include "rows_f32_vfp.h"

#include "lstm_step_f32.inc"
