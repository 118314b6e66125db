#include "dot_f32.h"
#include "rows_f32.h"

#include "fully_connected_f32.inc"
