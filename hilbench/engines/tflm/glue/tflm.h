/* The parts of TensorFlow Lite Micro that the glue uses. */
#ifndef HB_TFLM_H
#define HB_TFLM_H

/* Before TFLM's own: how the archive was compiled, where that decides what a class looks like, and
 * how many variables the model has. */
#include "library.h"

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_log.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/micro/micro_resource_variable.h"
#include "tensorflow/lite/micro/recording_micro_interpreter.h"

#endif
