#include "dot.h"
#include "fully_connected_per_channel_s8.inc"
