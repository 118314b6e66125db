#include "add_element.h"

#define OPERATOR add_s8
#define TYPE int8_t
#define element add_element
#include "elementwise.inc"
