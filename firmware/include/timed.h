/* What is inside the timed window: an invocation, or one with the copies that an application
 * makes before and behind it (measure.window of the experiment).
 *
 * With copies, the host writes and reads buffers of the harness; what the engine gets and gives
 * passes through the copies, so that wrong ones show in the outputs.
 */
#ifndef HB_TIMED_H
#define HB_TIMED_H

#include "board_config.h"
#include "engine.h"

#ifdef WINDOW_COPIED_BYTES

/* Where the host's data are; null past the last one. Valid until the next call. */
const struct engine_tensor *timed_input(uint32_t index);
const struct engine_tensor *timed_output(uint32_t index);

/* Copies every input, invokes, copies every output; returns what engine_invoke does. */
int timed_invoke(void);

#else

static inline const struct engine_tensor *timed_input(uint32_t index)
{
    return engine_input(index);
}

static inline const struct engine_tensor *timed_output(uint32_t index)
{
    return engine_output(index);
}

static inline int timed_invoke(void)
{
    return engine_invoke();
}

#endif

#endif
