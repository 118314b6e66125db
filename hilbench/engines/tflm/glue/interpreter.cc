/* The engine: TFLM's interpreter behind engine.h. */
#include <new>

#include "model.h"
#include "runtime.h"

namespace model {

tflite::MicroInterpreter *interpreter;

}  // namespace model

namespace {

/* Placed by hand, so that there is no destructor to register. */
alignas(tflite::MicroInterpreter) uint8_t storage[sizeof(tflite::MicroInterpreter)];
using model::interpreter;

/* The type is taken from the file: TFLM's own numbers are not those of the schema. */
engine_tensor describe(const tflite::SubGraph &graph, int32_t index, const TfLiteTensor &tensor)
{
    const tflite::Tensor *stored = graph.tensors()->Get(static_cast<uint32_t>(index));

    return {tensor.data.data, static_cast<uint32_t>(tensor.bytes),
            static_cast<uint32_t>(stored->type())};
}

int describe_tensors(const tflite::SubGraph &graph)
{
    for (uint32_t i = 0; i < model::input_count; i++) {
        const TfLiteTensor *tensor = interpreter->input(i);
        if (tensor == nullptr)
            return runtime::FAILED;
        model::inputs[i] = describe(graph, graph.inputs()->Get(i), *tensor);
    }
    for (uint32_t i = 0; i < model::output_count; i++) {
        const TfLiteTensor *tensor = interpreter->output(i);
        if (tensor == nullptr)
            return runtime::FAILED;
        model::outputs[i] = describe(graph, graph.outputs()->Get(i), *tensor);
    }
    return runtime::OK;
}

/* Where the model has variables, the interpreter is given a place for them, from the same arena. */
tflite::MicroInterpreter *interpret(const tflite::Model *file,
                                    const tflite::MicroOpResolver &operators)
{
#if HB_TFLM_VARIABLES
    tflite::MicroAllocator *allocator =
        tflite::MicroAllocator::Create(model::arena, model::arena_bytes);
    return new (storage) tflite::MicroInterpreter(
        file, operators, allocator,
        tflite::MicroResourceVariables::Create(allocator, HB_TFLM_VARIABLES));
#else
    return new (storage)
        tflite::MicroInterpreter(file, operators, model::arena, model::arena_bytes);
#endif
}

int start()
{
    const tflite::Model *file = tflite::GetModel(model_data);
    const tflite::MicroOpResolver *operators = model::operators();

    if (operators == nullptr)
        return runtime::FAILED;
    interpreter = interpret(file, *operators);
    if (interpreter->AllocateTensors() != kTfLiteOk)
        return runtime::FAILED;
    return describe_tensors(*file->subgraphs()->Get(0));
}

int invoke()
{
    return interpreter->Invoke() == kTfLiteOk ? runtime::OK : runtime::FAILED;
}

int reset()
{
    return interpreter->Reset() == kTfLiteOk ? runtime::OK : runtime::FAILED;
}

}  // namespace

int engine_init()
{
    return runtime::guarded(start);
}

int engine_invoke()
{
    return runtime::guarded(invoke);
}

void engine_reset()
{
    runtime::guarded(reset);
}

const char *engine_error()
{
    return runtime::said();
}

const engine_tensor *engine_input(uint32_t index)
{
    return index < model::input_count ? &model::inputs[index] : nullptr;
}

const engine_tensor *engine_output(uint32_t index)
{
    return index < model::output_count ? &model::outputs[index] : nullptr;
}
