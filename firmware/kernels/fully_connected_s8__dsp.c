#include "dot_dsp.h"
#include "fully_connected_s8.inc"
