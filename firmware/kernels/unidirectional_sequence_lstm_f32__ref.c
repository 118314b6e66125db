#include "rows_f32.h"

#include "unidirectional_sequence_lstm_f32.inc"
