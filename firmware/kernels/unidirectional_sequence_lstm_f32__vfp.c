#include "rows_f32_vfp.h"

#include "unidirectional_sequence_lstm_f32.inc"
