#include "dot_f32_vfp.h"
#include "rows_f32_vfp.h"

#include "fully_connected_f32.inc"
