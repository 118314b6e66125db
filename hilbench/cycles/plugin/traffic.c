#include "traffic.h"

struct traffic traffic;

void traffic_reset(void)
{
    traffic = (struct traffic){.stack_low = model.stack.end};
}
