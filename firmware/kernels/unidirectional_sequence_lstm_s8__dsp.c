#include "between_dsp.h"
#include "dot_dsp.h"
#include "saturate_dsp.h"
#include "unidirectional_sequence_lstm_s8.inc"
