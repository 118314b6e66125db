#include "dot.h"
#include "unidirectional_sequence_lstm_s8.inc"
