#include "dot.h"
#include "fully_connected_s8.inc"
