#include "between.h"
#include "packed_rows_v7m.h"
#include "rescale_s8_v7m.h"
#include "saturate_dsp.h"

#include "unidirectional_sequence_lstm_packed_s8.inc"
#include "unidirectional_sequence_lstm_packed_rows.inc"
