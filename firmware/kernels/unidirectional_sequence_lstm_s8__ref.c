#include "between.h"
#include "dot.h"
#include "saturate.h"
#include "unidirectional_sequence_lstm_s8.inc"
