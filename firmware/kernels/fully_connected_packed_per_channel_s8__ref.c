#include "fully_connected.h"
#include "packed_rows.h"
#include "rescale_s8.h"

#include "fully_connected_packed_each.inc"

#include "fully_connected_packed.inc"
#include "fully_connected_packed_rows.inc"
