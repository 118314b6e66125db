"""METRICS: every column of a results file, in order.

The CSV header, the checks of a row, axis labels and docs/results.md all derive
from this table; a new metric is one row here and one place that fills it.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from hilbench.record import cells
from hilbench.record.tasks import WHERE, tasks

Value = str | int | float
Better = Literal["", "less", "more"]
Kind = Literal["identity", "model", "accuracy", "instructions", "cycles", "memory", "provenance"]


@dataclass(frozen=True)
class Metric:
    """One column: `type` of its values, `unit`, and what is implausible.

    An empty cell means "not measured"; 0 is a measured zero. `plausible` sees a
    value that is present. `label` is for axes and table headings. `better` says which of two
    values is, where a comparison can judge; "" where it cannot.
    """

    name: str
    kind: Kind
    type: type[str] | type[int] | type[float]
    unit: str
    label: str
    doc: str
    plausible: Callable[[float], bool] = lambda value: value >= 0
    better: Better = ""

    @property
    def sign(self) -> int:
        """With it less is better: -1 where more is."""
        return -1 if self.better == "more" else 1

    def parse(self, text: str) -> Value | None:
        """A CSV cell back to a value. Raises ValueError."""
        if text == "":
            return None
        try:
            return _PARSE[self.type](text)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None

    def check(self, value: Value) -> str:
        """What is wrong with `value`, or "" if nothing is."""
        wanted = (int, float) if self.type is float else self.type
        if isinstance(value, bool) or not isinstance(value, wanted):
            return f"{self.name} must be {self.type.__name__}, not {reprlib.repr(value)}"
        if isinstance(value, int) and abs(value) >= 10**cells.DIGITS:
            return f"{self.name} has more than {cells.DIGITS} digits"
        if not isinstance(value, str) and not self.plausible(value):
            return f"{self.name} = {value!r} is implausible"
        return ""


_PARSE: dict[type, Callable[[str], Value]] = {
    str: cells.text,
    int: cells.integer,
    float: cells.number,
}


def _positive(value: float) -> bool:
    return value > 0


def _finite(value: float) -> bool:
    return 0 <= value < float("inf")


def _text(name: str, kind: Kind, label: str, doc: str) -> Metric:
    return Metric(name, kind, str, "", label, doc)


def _bytes(name: str, label: str, doc: str, better: Better = "") -> Metric:
    return Metric(name, "memory", int, "B", label, doc, better=better)


def _number(value: float) -> bool:
    return abs(value) < float("inf")


def _share(value: float) -> bool:
    return 0 <= value <= 1


def _task_columns() -> Iterator[Metric]:
    """Each measure of the task three times."""
    for task in tasks():
        for where, words in WHERE.items():
            doc = f"{task.doc} Of {words}; empty without labels that it fits."
            label = f"{task.label}, {where}"
            better = task.better if where == "device" else ""
            yield Metric(f"{task.name}_{where}", "accuracy", float, "", label, doc, _finite, better)


METRICS: tuple[Metric, ...] = (
    Metric("schema", "identity", int, "", "Schema",
           "Version of this table; newer files are refused."),
    _text("experiment", "identity", "Experiment", "Name in the experiment file."),
    _text("model", "identity", "Model", "Name of the model."),
    _text("variant", "identity", "Variant",
          "Conversion recipe: `basic` is float32, `int8_only` is int8."),
    _text("engine", "identity", "Engine", "What executes the .tflite on the device."),
    _text("board", "identity", "Board", "Folder name in firmware/boards."),
    _text("optimisation", "identity", "Optimisation",
          "Level at which what is timed was compiled: `-O3`, `-O2` or `-Os`."),
    _text("status", "identity", "Status",
          "`ok`, `failed`, `timeout`, `unsupported`, `does_not_fit` or `skipped`."),
    _text("reason", "identity", "Reason", "Why the status is not `ok`; empty otherwise."),
    _text("base_model", "model", "Base of the model",
          "What an experiment's entry names under `model`: a model of `hilbench list models`, or "
          "the name of a file or function."),
    _text("options", "model", "Options", "The options that the entry gives it, by name."),
    Metric("parameters", "model", int, "", "Parameters",
           "All variables of the Keras model; of a .tflite file its weights, biases and tables."),
    Metric("macs", "model", int, "MAC", "MACs",
           "Multiply-accumulates of one inference, from the .tflite graph: loops times their "
           "trips. In rows of schema 1 this was `profiler_macs`."),
    _text("recipes", "model", "Recipes", "What compressed the weights in training, in its order."),
    Metric("nonzero_share", "model", float, "", "Share of MACs not with zero",
           "Of the MACs, those whose weight in the file is not zero: what remains for a kernel "
           "that skips the others.", _share),
    Metric("packed_weights_bytes", "model", int, "B", "Packed weights",
           "What would hold those weights in int8 in the smallest of a few forms, with indices and "
           "tables; `weights_bytes` are those that the image has."),
    Metric("skipped_share", "model", float, "", "Share of skipped steps",
           "Of the compared steps those of which no input has moved by more than the cells' option "
           "`delta` since the last that was taken; empty without it.", _share),
    Metric("profiler_macs", "model", int, "MAC", "MACs of TensorFlow's profiler",
           "Float operations that TensorFlow's profiler counts in the batch-1 Keras graph, halved, "
           "as the published campaign gives them; empty for networks of the user's own."),
    Metric("profiler_macs_ratio", "model", float, "", "Profiler's MACs / MACs",
           "`profiler_macs` / `macs`: less than 1 where the profiler leaves out what a loop "
           "repeats, more where it counts other operators as well.", _finite),
    Metric("samples", "accuracy", int, "", "Samples",
           "Samples that are compared, and of which the measures of the task are; of a stream, "
           "its steps."),
    Metric("stream_steps", "accuracy", int, "steps", "Steps of a sequence",
           "In a stream (`measure.stream`): invocations from one reset of the network's state to "
           "the next. `exe_...` are then over its steps: median, fewest and most. Empty otherwise.",
           _positive),
    _text("stream_whole", "accuracy", "Stream against the whole sequence",
          "In a stream: how the steps differ from the network that takes the whole sequence at "
          "once (`models.whole`), which TensorFlow Lite Micro runs on the host: `bit-identical`, "
          "by how much, or why that was not compared."),
    _text("reference", "accuracy", "Reference",
          "What `error_mae` is against; empty where there is no float reference."),
    Metric("error_mae", "accuracy", float, "", "Normalised mean absolute error",
           "Mean of |expected - predicted| / (max(expected) - min(expected)) over samples and "
           "outputs; expected is the float Keras model, rounded into the output's type.",
           _finite, "less"),
    Metric("error_mae_published", "accuracy", float, "", "Error as published",
           "The same as the published campaign computed it: first training samples, values "
           "truncated instead of rounded. Empty unless the experiment says `data.published`.",
           _finite),
    _text("error_outputs", "accuracy", "Error of each output",
          "`error_mae` of each, in their order, where a network has several, - for one that is the "
          "same in all samples; the column itself is the largest."),
    Metric("clipped_inputs", "accuracy", float, "", "Clipped inputs",
           "Share of input values beyond the range of a quantized input.", _share),
    Metric("clipped_reference", "accuracy", float, "", "Clipped reference",
           "Share of the reference's values beyond the range of a quantized output.", _share),
    *_task_columns(),
    Metric("accuracy_change_percent", "accuracy", float, "%", "Change of the accuracy",
           "Of the first measure of the task that both have: (device - float reference) / float "
           "reference, in percent, with the sign turned where less is better: negative is worse.",
           _number),
    Metric("oracle_max_lsb", "accuracy", int, "LSB", "Largest difference from TFLM",
           "Largest |device - TFLM on the host| of any int8 output; 0 is bit-identical. "
           "`notes` says where it is more than what a library rounds otherwise (8), and for other "
           "engines where it is not 0.",
           better="less"),
    Metric("oracle_max_relative", "accuracy", float, "", "Largest relative difference from TFLM",
           "The same for float outputs, divided by the largest |output| of TFLM. `notes` says "
           "where it is more than 1e-4, which rounding of float32 does not explain.",
           _finite, "less"),
    _text("exe_kind", "identity", "Kind of execution numbers",
          "`measured` (a hardware counter), `modelled` (a cycle model over an emulated run) or "
          "`instructions` (counted, no timing)."),
    _text("exe_window", "identity", "Timed window",
          "`invoke`, or `with_copies`: inputs and outputs are copied inside of the window as the "
          "engine's applications do it, and RAM has the harness's buffers. Empty in rows of "
          "before this column, which are `invoke`."),
    Metric("exe_instructions", "instructions", int, "instructions", "Instructions per inference",
           "Median over the repetitions; emulated boards only. Not a time.", _positive, "less"),
    Metric("exe_instructions_min", "instructions", int, "instructions", "Fewest instructions",
           "Smallest repetition.", _positive),
    Metric("exe_instructions_max", "instructions", int, "instructions", "Most instructions",
           "Largest repetition.", _positive),
    Metric("exe_instructions_mean", "instructions", float, "instructions", "Mean instructions",
           "Over the repetitions: of a stream's steps, where they differ.", _positive),
    Metric("cold_instructions", "instructions", int, "instructions", "Instructions, first run",
           "The first invocation after reset.", _positive),
    Metric("taken_branches", "instructions", int, "branches", "Taken branches",
           "Per inference, like the four below: counted by the plugin on emulated boards."),
    Metric("flash_loads", "instructions", int, "words", "Loads from flash",
           "Words or less that were loaded from flash."),
    Metric("ram_loads", "instructions", int, "words", "Loads from RAM", "The same from RAM."),
    Metric("ram_stores", "instructions", int, "words", "Stores to RAM", "The same, stored."),
    Metric("flash_reads", "instructions", int, "reads", "Reads of the flash array",
           "Modelled: what neither line buffer nor cache had, for instructions and data."),
    Metric("exe_cycles", "cycles", int, "cycles", "Cycles per inference",
           "Median over the repetitions; empty where only instructions are counted.", _positive,
           "less"),
    Metric("exe_cycles_min", "cycles", int, "cycles", "Fewest cycles", "Smallest repetition.",
           _positive),
    Metric("exe_cycles_max", "cycles", int, "cycles", "Most cycles", "Largest repetition.",
           _positive),
    Metric("exe_cycles_mean", "cycles", float, "cycles", "Mean cycles",
           "Over the repetitions: of a stream's steps, where they differ.", _positive),
    Metric("exe_cycles_lower", "cycles", int, "cycles", "Lower bound of the cycles",
           "Of a modelled `exe_cycles`, with `--uncertainty`: what the open assumptions of the "
           "cycle model and the place of the image leave open.", _finite),
    Metric("exe_cycles_upper", "cycles", int, "cycles", "Upper bound of the cycles",
           "The other end.", _positive),
    Metric("cold_cycles", "cycles", int, "cycles", "Cycles, first run",
           "The first invocation after reset.", _positive),
    Metric("copy_cycles", "cycles", int, "cycles", "Copying inputs and outputs",
           "Part of exe_cycles, modelled: the copies of a window `with_copies`.", _positive),
    Metric("fetch_stall_cycles", "cycles", int, "cycles", "Waiting for instructions",
           "Part of exe_cycles, modelled: waiting for instructions from flash."),
    Metric("data_stall_cycles", "cycles", int, "cycles", "Waiting for data",
           "Part of exe_cycles, modelled: waiting for data from flash or slow RAM."),
    Metric("exe_ms", "cycles", float, "ms", "Execution time (ms)",
           "exe_cycles at clock_hz; empty where only instructions are counted.", _finite),
    Metric("throughput_mops", "cycles", float, "MOP/s", "Effective throughput",
           "2 `macs` / `exe_ms` (Rezk and others, IEEE Access 8, 2020, eq. 25).", _finite),
    Metric("rate_hz", "cycles", float, "Hz", "Highest rate",
           "Invocations in a second without a pause: at a higher rate of samples, of a stream of "
           "steps, deadlines are missed.", _finite),
    Metric("cycles_per_weight", "cycles", float, "cycles", "Cycles per weight",
           "exe_cycles / `parameters`; of a network that takes a sequence at once, of all its "
           "steps.", _finite),
    Metric("repetitions", "provenance", int, "", "Repetitions", "Measured repetitions."),
    Metric("iterations", "provenance", int, "", "Iterations",
           "Invocations per repetition, raised for models that are short against a counter tick.",
           _positive),
    _bytes("flash_bytes", "Flash", "text + rodata + data of the whole image.", "less"),
    _bytes("ram_bytes", "RAM", "data + bss + reserved stack of the whole image.", "less"),
    _bytes("model_flash_bytes", "Flash of the model",
           "flash_bytes minus the base firmware, which holds no model."),
    _bytes("model_ram_bytes", "RAM of the model", "ram_bytes minus the base firmware."),
    _bytes("weights_bytes", "Weights", "Weights, biases and tables in flash."),
    _bytes("code_bytes", "Code", "Flash besides weights: code, constants, initial data."),
    _bytes("arena_bytes", "Arena",
           "RAM that the engine works in: `aot`'s activations, planned statically; TFLM's whole "
           "arena, as small as it can be.", "less"),
    _bytes("arena_nonpersistent_bytes", "Arena, activations",
           "Part of TFLM's arena for activations and scratch buffers; empty for other engines."),
    _bytes("arena_persistent_bytes", "Arena, persistent",
           "Part of TFLM's arena that is kept: tensors, nodes, kernels' own data. What is left of "
           "`arena_bytes` is needed at start-up only."),
    _text("arena_purposes", "memory", "Arena by purpose",
          "Bytes that TFLM's recording allocator counted, by its names."),
    _bytes("stack_bytes", "Stack reserved", "Stack that the linker reserves."),
    _bytes("stack_used_bytes", "Stack used", "High-water mark of the painted stack.", "less"),
    _bytes("stack_stored_bytes", "Stack of one invocation",
           "From the stack's top down to the lowest address that an invocation stored to; exact, "
           "emulated boards only."),
    _bytes("tflite_bytes", "TFLite file", "Size of the .tflite file."),
    _bytes("tflm_arena_x86_bytes", "TFLM arena (x86-64)",
           "Arena that TensorFlow Lite Micro allocates for the file on an x86-64 host."),
    _text("data", "provenance", "Data", "Where the samples are from; those of training as well."),
    _text("notes", "provenance", "Notes", "What a reader of the row must know."),
    Metric("epochs", "provenance", int, "", "Epochs", "Training epochs."),
    Metric("seed", "provenance", int, "", "Seed", "Of training: initial weights and batches."),
    _text("model_sha256", "provenance", "Model hash", "Hash of the trained weights."),
    _text("tflite_sha256", "provenance", "TFLite hash", "Hash of the .tflite file."),
    _text("elf_sha256", "provenance", "ELF hash", "Hash of the firmware image."),
    Metric("clock_hz", "provenance", int, "Hz", "Clock", "CPU clock of the board.", _positive),
    _text("counter", "provenance", "Counter", "What was read around an invocation."),
    Metric("counter_hz", "provenance", int, "Hz", "Counter clock", "Its frequency.", _positive),
    _text("self_test", "provenance", "Self-test",
          "What the counter gave for a loop of known length, before anything was measured."),
    _text("target", "provenance", "Target", "What drove the board, with its version."),
    _text("cycle_model", "provenance", "Cycle model",
          "What modelled cycles are those of, or why an emulated board has none."),
    _text("uncertainty", "provenance", "Uncertainty",
          "What each assumption adds to the bounds of the cycles: how much more or less there "
          "would be with its alternatives, the widest first."),
    _text("converter", "provenance", "Converter", "TensorFlow and tf_keras versions."),
    _text("oracle", "provenance", "Oracle",
          "Version of TensorFlow Lite Micro on the host, or why it did not run the file."),
    _text("library", "provenance", "Library",
          "The prebuilt library that the engine links: version, CPU, kernels, hash."),
    _text("library_build", "provenance", "Build of the library",
          "How it was compiled, read from the archive: compiler, optimisation, defines, whose "
          "kernels for which operators; `unknown` where its objects do not say."),
    _text("c_library", "provenance", "C library",
          "Its version, and which of its functions are in the image (memcpy, expf, ...), with "
          "their bytes and the archive and object that they are from."),
    _text("compiler", "provenance", "Compiler", "Cross compiler and version."),
    _text("flags", "provenance", "Flags", "Its options as given, per language, and the linker's."),
    _text("probe", "provenance", "Probe", "Debug probe of the board that ran the job."),
    _text("chip", "provenance", "Chip", "Serial number of its chip, read before programming."),
    Metric("failed_attempts", "provenance", int, "", "Failed attempts",
           "How often the board refused to be programmed before it let itself be."),
    _text("retries", "provenance", "Retries", "What was tried then, and why it failed."),
    Metric("link_retransmissions", "provenance", int, "", "Retransmissions",
           "Requests that had to be sent again."),
    _text("experiment_file", "provenance", "Experiment file",
          "The experiment's file, seen from the results file; `hilbench:NAME` is a shipped one."),
    _text("repeated_by", "provenance", "Repeated by",
          "The command that makes this network's jobs again, where no experiment's file does."),
    _text("decided_by", "provenance", "Decided by",
          "Digest of everything that decides this row; `--resume` keeps it while a new run would "
          "have the same."),
    _text("hilbench", "provenance", "hilbench", "Version of hilbench."),
    _text("timestamp", "provenance", "Timestamp", "When the row was written, UTC."),
)  # fmt: skip

BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}
SCHEMA = 2
