#include "traffic.h"

struct traffic traffic;
uint32_t traffic_stack_low_ever = UINT32_MAX;

void traffic_reset(void)
{
    traffic = (struct traffic){.stack_low = model.stack.end};
}
