/* No model at all: what is left is the size of the firmware itself. */
#include <stddef.h>

#include "engine.h"

const char engine_name[] = "none";
const char engine_model[] = "";

int engine_init(void)
{
    return 0;
}

int engine_invoke(void)
{
    return 0;
}

void engine_reset(void) {}

const char *engine_error(void)
{
    return "";
}

const struct engine_tensor *engine_input(uint32_t index)
{
    (void)index;
    return NULL;
}

const struct engine_tensor *engine_output(uint32_t index)
{
    (void)index;
    return NULL;
}
