/* An engine that computes nothing: its only output says what TFLM does with an arena.
 *
 * TFLM is run in a large arena twice. A watched allocator says how much is needed at the
 * worst moment, which for a graph of many operators is the planning of its memory and not
 * its use. TFLM's own recording allocator then says what the arena is for. */
#include <algorithm>
#include <new>

#include "model.h"
#include "runtime.h"
#include "tensorflow/lite/micro/memory_planner/greedy_memory_planner.h"

namespace {

/* The order is that of arena.py. */
struct Report {
    uint32_t needed;
    uint32_t non_persistent;
    uint32_t persistent;
    uint32_t eval_tensors;
    uint32_t tensors;
    uint32_t quantization;
    uint32_t buffers;
    uint32_t variables;
    uint32_t nodes;
    uint32_t op_data;
};
Report report;
engine_tensor output = {&report, sizeof(report), HB_INT32};

/* Counts what it has to place: its tables lie in what is left of the arena. */
class CountingPlanner final : public tflite::GreedyMemoryPlanner {
  public:
    TfLiteStatus AddBuffer(int size, int first, int last) override
    {
        buffers_++;
        return GreedyMemoryPlanner::AddBuffer(size, first, last);
    }

    TfLiteStatus AddBuffer(int size, int first, int last, int offset) override
    {
        buffers_++;
        return GreedyMemoryPlanner::AddBuffer(size, first, last, offset);
    }

    size_t table_bytes() const
    {
        return buffers_ * per_buffer_size();
    }

  private:
    size_t buffers_ = 0;
    TF_LITE_REMOVE_VIRTUAL_DELETE
};

/* Keeps the largest sum of both ends of the arena. */
class WatchedArena final : public tflite::SingleArenaBufferAllocator {
  public:
    WatchedArena(uint8_t *arena, size_t size) : SingleArenaBufferAllocator(arena, size), size_(size)
    {
    }

    TfLiteStatus ResizeBuffer(uint8_t *buffer, size_t size, size_t alignment) override
    {
        const TfLiteStatus status =
            SingleArenaBufferAllocator::ResizeBuffer(buffer, size, alignment);
        watch();
        return status;
    }

    uint8_t *AllocatePersistentBuffer(size_t size, size_t alignment) override
    {
        uint8_t *buffer = SingleArenaBufferAllocator::AllocatePersistentBuffer(size, alignment);
        watch();
        return buffer;
    }

    uint8_t *AllocateTemp(size_t size, size_t alignment) override
    {
        const size_t available = GetAvailableMemory(alignment);
        uint8_t *buffer = SingleArenaBufferAllocator::AllocateTemp(size, alignment);
        if (size == available)
            before_planner_ = size_ - available;
        else
            watch();
        return buffer;
    }

    size_t needed(const CountingPlanner &planner) const
    {
        return std::max(most_, before_planner_ + planner.table_bytes());
    }

  private:
    void watch()
    {
        most_ = std::max(most_, GetUsedBytes());
    }

    const size_t size_;
    size_t most_ = 0;
    size_t before_planner_ = 0; /* it takes all there is, and uses what its tables need */
    TF_LITE_REMOVE_VIRTUAL_DELETE
};

/* Only derived classes may choose the arena's allocator. */
class WatchedAllocator final : public tflite::MicroAllocator {
  public:
    WatchedAllocator(WatchedArena *arena, tflite::MicroMemoryPlanner *planner)
        : MicroAllocator(arena, planner)
    {
    }

  private:
    TF_LITE_REMOVE_VIRTUAL_DELETE
};

/* Null where the model has no variables. */
tflite::MicroResourceVariables *variables(tflite::MicroAllocator *allocator)
{
#if HB_TFLM_VARIABLES
    return tflite::MicroResourceVariables::Create(allocator, HB_TFLM_VARIABLES);
#else
    (void)allocator;
    return nullptr;
#endif
}

template <typename T>
void reserve(WatchedArena &arena)
{
    arena.AllocatePersistentBuffer(sizeof(T), alignof(T));
}

int watch(const tflite::Model *file, const tflite::MicroOpResolver &operators)
{
    WatchedArena arena(model::arena, model::arena_bytes);
    CountingPlanner planner;

    /* These three are on the stack here, and in the arena otherwise. */
    reserve<tflite::SingleArenaBufferAllocator>(arena);
    reserve<tflite::GreedyMemoryPlanner>(arena);
    reserve<tflite::MicroAllocator>(arena);
    WatchedAllocator allocator(&arena, &planner);
    tflite::MicroInterpreter interpreter(file, operators, &allocator, variables(&allocator));
    if (interpreter.AllocateTensors() != kTfLiteOk)
        return runtime::FAILED;
    report.needed = arena.needed(planner);
    report.non_persistent = arena.GetNonPersistentUsedBytes();
    report.persistent = arena.GetPersistentUsedBytes();
    return runtime::OK;
}

int record(const tflite::Model *file, const tflite::MicroOpResolver &operators)
{
    using Kind = tflite::RecordedAllocationType;
    tflite::RecordingMicroAllocator *allocator =
        tflite::RecordingMicroAllocator::Create(model::arena, model::arena_bytes);
    tflite::RecordingMicroInterpreter interpreter(file, operators, allocator,
                                                  variables(allocator));

    if (interpreter.AllocateTensors() != kTfLiteOk)
        return runtime::FAILED;
    const auto used = [allocator](Kind kind) {
        return static_cast<uint32_t>(allocator->GetRecordedAllocation(kind).used_bytes);
    };
    report.eval_tensors = used(Kind::kTfLiteEvalTensorData);
    report.tensors = used(Kind::kPersistentTfLiteTensorData);
    report.quantization = used(Kind::kPersistentTfLiteTensorQuantizationData);
    report.buffers = used(Kind::kPersistentBufferData);
    report.variables = used(Kind::kTfLiteTensorVariableBufferData);
    report.nodes = used(Kind::kNodeAndRegistrationArray);
    report.op_data = used(Kind::kOpData);
    return runtime::OK;
}

int start()
{
    const tflite::Model *file = tflite::GetModel(model_data);
    const tflite::MicroOpResolver *operators = model::operators();

    if (operators == nullptr || watch(file, *operators) != runtime::OK)
        return runtime::FAILED;
    return record(file, *operators);
}

}  // namespace

int engine_init()
{
    return runtime::guarded(start);
}

int engine_invoke()
{
    return runtime::OK;
}

void engine_reset()
{
}

const char *engine_error()
{
    return runtime::said();
}

const engine_tensor *engine_input(uint32_t)
{
    return nullptr;
}

const engine_tensor *engine_output(uint32_t index)
{
    return index == 0 ? &output : nullptr;
}
