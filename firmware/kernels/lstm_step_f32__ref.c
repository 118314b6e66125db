#include "rows_f32.h"

#include "lstm_step_f32.inc"
