/* Copies of inputs and outputs as TFLM's examples and the published campaign have them: element
 * by element, each through the interpreter's accessor. */
#include "model.h"

namespace {

template <typename T>
void copy_in(uint32_t index, const T *from)
{
    const uint32_t count = model::inputs[index].bytes / sizeof(T);

    for (uint32_t i = 0; i < count; i++)
        static_cast<T *>(model::interpreter->input(index)->data.data)[i] = from[i];
}

template <typename T>
void copy_out(uint32_t index, T *to)
{
    const uint32_t count = model::outputs[index].bytes / sizeof(T);

    for (uint32_t i = 0; i < count; i++)
        to[i] = static_cast<const T *>(model::interpreter->output(index)->data.data)[i];
}

}  // namespace

void engine_copy_in(uint32_t index, const void *from)
{
    switch (model::inputs[index].dtype) {
    case HB_FLOAT32: copy_in(index, static_cast<const float *>(from)); break;
    case HB_INT32: copy_in(index, static_cast<const int32_t *>(from)); break;
    case HB_INT16: copy_in(index, static_cast<const int16_t *>(from)); break;
    default: copy_in(index, static_cast<const uint8_t *>(from)); break;
    }
}

void engine_copy_out(uint32_t index, void *to)
{
    switch (model::outputs[index].dtype) {
    case HB_FLOAT32: copy_out(index, static_cast<float *>(to)); break;
    case HB_INT32: copy_out(index, static_cast<int32_t *>(to)); break;
    case HB_INT16: copy_out(index, static_cast<int16_t *>(to)); break;
    default: copy_out(index, static_cast<uint8_t *>(to)); break;
    }
}
