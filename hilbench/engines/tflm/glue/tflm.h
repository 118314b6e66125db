/* The parts of TensorFlow Lite Micro that the glue uses. */
#ifndef HB_TFLM_H
#define HB_TFLM_H

/* TFLM's archives are made with it: it decides the layout of TfLiteTensor. */
#define TF_LITE_STATIC_MEMORY 1

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_log.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/micro/recording_micro_interpreter.h"

#endif
