/* What hilbench writes for each model: see resolver.py and emit.py. */
#ifndef HB_TFLM_MODEL_H
#define HB_TFLM_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The .tflite file. */
extern const uint32_t model_data[];

#ifdef __cplusplus
}

#include "tflm.h"

namespace model {

/* Exactly the operators of the model; a null pointer where TFLM refused one. */
const tflite::MicroOpResolver *operators();

extern uint8_t arena[];
extern const size_t arena_bytes;

/* Once engine_init has been called. */
extern tflite::MicroInterpreter *interpreter;

extern engine_tensor inputs[], outputs[];
extern const uint32_t input_count, output_count;

}  // namespace model
#endif

#endif
