/* The timed window with copies. All inputs lie in one buffer, one behind the other, then all
 * outputs. */
#include <stddef.h>

#include "timed.h"

enum { ALIGNMENT = 8 };

static _Alignas(ALIGNMENT) uint8_t buffer[WINDOW_COPIED_BYTES];

typedef const struct engine_tensor *(*side)(uint32_t index);

static uint32_t room(const struct engine_tensor *tensor)
{
    return (tensor->bytes + ALIGNMENT - 1) & ~(uint32_t)(ALIGNMENT - 1);
}

/* What the tensors before this one take. */
static uint32_t before(side tensor, uint32_t index)
{
    const struct engine_tensor *t;
    uint32_t bytes = 0;

    for (uint32_t i = 0; i < index && (t = tensor(i)) != NULL; i++)
        bytes += room(t);
    return bytes;
}

static const struct engine_tensor *buffered(const struct engine_tensor *tensor, uint32_t offset)
{
    static struct engine_tensor here;

    if (tensor == NULL)
        return NULL;
    here = (struct engine_tensor){buffer + offset, tensor->bytes, tensor->dtype};
    return &here;
}

const struct engine_tensor *timed_input(uint32_t index)
{
    return buffered(engine_input(index), before(engine_input, index));
}

const struct engine_tensor *timed_output(uint32_t index)
{
    const uint32_t inputs = before(engine_input, UINT32_MAX);

    return buffered(engine_output(index), inputs + before(engine_output, index));
}

/* Functions of their own, by which a profile tells the copies from the invocation. */
__attribute__((noipa)) uint8_t *timed_copy_inputs(uint8_t *at);
__attribute__((noipa)) void timed_copy_outputs(uint8_t *at);

uint8_t *timed_copy_inputs(uint8_t *at)
{
    const struct engine_tensor *t;

    for (uint32_t i = 0; (t = engine_input(i)) != NULL; i++) {
        engine_copy_in(i, at);
        at += room(t);
    }
    return at;
}

void timed_copy_outputs(uint8_t *at)
{
    const struct engine_tensor *t;

    for (uint32_t i = 0; (t = engine_output(i)) != NULL; i++) {
        engine_copy_out(i, at);
        at += room(t);
    }
}

int timed_invoke(void)
{
    uint8_t *const outputs = timed_copy_inputs(buffer);
    const int code = engine_invoke();

    if (code == 0)
        timed_copy_outputs(outputs);
    return code;
}
