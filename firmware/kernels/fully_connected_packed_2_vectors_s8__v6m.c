#include "packed_rows_v6m.h"
#include "rescale_s8.h"

#include "fully_connected_packed_2_vectors_s8.inc"
#include "fully_connected_packed_2_vectors_rows.inc"
