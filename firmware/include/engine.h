/* What every engine gives the bench loop. One image holds one engine and one model.
 *
 * The bench loop calls engine_init once, then for each measurement engine_reset,
 * writes the inputs through engine_input, calls engine_invoke, and reads the outputs
 * through engine_output. Only engine_invoke is inside the timed window, or it and the copies.
 */
#ifndef HB_ENGINE_H
#define HB_ENGINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Element types, with the numbers of TensorType in the .tflite schema. */
enum { HB_FLOAT32 = 0, HB_INT32 = 2, HB_UINT8 = 3, HB_BOOL = 6, HB_INT16 = 7, HB_INT8 = 9 };

struct engine_tensor {
    void *data;
    uint32_t bytes;
    uint32_t dtype;
};

/* Name of the engine, and the SHA-256 of the .tflite in hex ("" without a model). */
extern const char engine_name[];
extern const char engine_model[];

/* Both return 0, or a code that engine_error explains. */
int engine_init(void);
int engine_invoke(void);

/* Forgets the state of stateful models, as at the start of a sequence. */
void engine_reset(void);

/* The last error in the engine's words; "" if there was none. */
const char *engine_error(void);

/* The index-th input or output, or a null pointer past the last. */
const struct engine_tensor *engine_input(uint32_t index);
const struct engine_tensor *engine_output(uint32_t index);

/* Copies one input in and one output out, as an application of this engine does. Only images
 * whose timed window has the copies use these (timed.h); firmware/window/plain_copies.c is for
 * engines that have no way of their own. */
void engine_copy_in(uint32_t index, const void *from);
void engine_copy_out(uint32_t index, void *to);

#ifdef __cplusplus
}
#endif

#endif
