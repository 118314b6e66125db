#include "fully_connected.h"
#include "packed_rows_v6m.h"
#include "rescale_s8.h"

#include "fully_connected_packed_one.inc"

#include "fully_connected_packed.inc"
#include "fully_connected_packed_rows.inc"
