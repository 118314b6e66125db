#include "fully_connected.h"
#include "packed_rows_v7m.h"
#include "rescale_s8_v7m.h"

#include "fully_connected_packed_one.inc"

#include "fully_connected_packed.inc"
#include "fully_connected_packed_rows.inc"
