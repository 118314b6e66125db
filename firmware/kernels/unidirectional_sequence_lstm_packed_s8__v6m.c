#include "between.h"
#include "packed_rows_v6m.h"
#include "rescale_s8.h"
#include "saturate.h"

enum { GATES_AT_ONCE = 1 };
#include "unidirectional_sequence_lstm_packed_s8.inc"
#include "unidirectional_sequence_lstm_packed_cells.inc"
#include "unidirectional_sequence_lstm_packed_rows.inc"
