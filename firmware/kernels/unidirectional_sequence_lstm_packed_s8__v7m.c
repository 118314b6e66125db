#include "between.h"
#include "packed_rows_v7m.h"
#include "rescale_s8_v7m.h"
#include "saturate_dsp.h"

enum { GATES_AT_ONCE = 1 };
#include "unidirectional_sequence_lstm_packed_s8.inc"
#include "unidirectional_sequence_lstm_packed_cells.inc"
#include "unidirectional_sequence_lstm_packed_rows.inc"
