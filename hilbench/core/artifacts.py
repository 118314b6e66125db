"""What one stage hands to the next: frozen objects, arrays by path.

    train or load -> Network -> convert -> ConvertedModel -> oracle -> OracleResult
                                        -> engine  -> EngineSources -> build -> Firmware
                                                     -> target + link -> Measurement

Stages never call each other; the pipeline passes these on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class TensorSpec:
    """An input or output of a network: `shape` of one sample with its batch of 1, if it has one.

    `low` and `high` are the ends of the range from which random samples are drawn;
    integers are drawn without `high`. A `quantized` one holds integers for real values.
    `rows` are those of the table that its values look up, 0 where it is no such input.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    low: float = -1.0
    high: float = 1.0
    quantized: bool = False
    rows: int = 0

    def __str__(self) -> str:
        return f"{self.dtype}{list(self.shape)}"


@dataclass(frozen=True)
class Compression:
    """What training with `recipes` left: the bytes that hold the kernels' weights in int8 in the
    smallest of a few forms, indices and tables included."""

    recipes: tuple[str, ...]
    packed_bytes: int


@dataclass(frozen=True)
class Network:
    """A network that is ready to be converted, or a .tflite file as it is.

    `saved_model` is its export with batch size 1, `unrolled` the same with its recurrent
    loops unrolled, where they are loops, `plain` with every LSTM unrolled as well that the
    converter makes one operator; `tflite` is the file instead, and `reference` a float file
    of the same network. `profiler_macs` are TensorFlow's own count. `compression` is what
    recipes of training left of the weights. `notes` are what a reader of its rows must know.
    A step of which no input has moved by more than `least_move` since the last is skipped.
    """

    name: str
    sha256: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    saved_model: Path | None = None
    unrolled: Path | None = None
    plain: Path | None = None
    tflite: Path | None = None
    reference: Path | None = None
    parameters: int | None = None
    profiler_macs: int | None = None
    compression: Compression | None = None
    notes: tuple[str, ...] = ()
    least_move: float = 0.0


@dataclass(frozen=True)
class ConvertedModel:
    """A .tflite file of one variant.

    `expected` is an .npz of the float reference's outputs, `expected_00` (n, *shape) for
    the first, None where there is no such reference. `notes` are what a reader of the
    row must know.
    """

    model: str
    variant: str
    tflite: Path
    sha256: str
    converter: str
    expected: Path | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class OracleResult:
    """What real TensorFlow Lite Micro does with the file, on the host, or TensorFlow Lite.

    `outputs` is an .npz with `output_00` (s, *shape) in the file's own dtype, and so on.
    `arena_bytes` is the x86-64 figure of TFLM's own allocation report, None for TensorFlow Lite.
    """

    outputs: Path
    arena_bytes: int | None
    runtime: str


@dataclass(frozen=True)
class OperatorLines:
    """Lines `first` to `last` (from 1) of a source file that run one operator of the engine.

    `source` is the file's name, `index` the operator's place in the graph that the engine made
    of the .tflite's. In a loop the lines stand for `count` operators of the same shapes, of which
    `index` is the first. `macs` are those of all of them in one inference, None in a loop that
    counts its trips when it runs.
    """

    source: str
    first: int
    last: int
    index: int
    operator: str
    count: int
    macs: int | None


@dataclass(frozen=True)
class EngineSources:
    """What an engine wants compiled into the firmware.

    `sources` are generated or engine-owned C/C++ files; `kernels` are the names
    of kernels in firmware/kernels (without ISA suffix); `weights_bytes` and
    `arena_bytes` are what the engine planned, which tests compare with the image.
    `archives` are linked, with `system_include_dirs` for their headers, and
    `library` says what they are, `library_build` how they were compiled in clauses that "; "
    parts; `arena_parts` are bytes of the arena by purpose.
    `operators` say which lines run which operator, for profiles; an engine that
    runs all from one place has none. `copies` is the source of the engine's own way to copy
    inputs and outputs, for images whose timed window has the copies: `copied_bytes` of the
    tensors, 0 where the window is the invocation alone. `notes` are what the engine spares the
    device, which a reader of the row must know.
    """

    engine: str
    model_sha256: str
    sources: tuple[Path, ...]
    kernels: tuple[str, ...]
    include_dirs: tuple[Path, ...]
    weights_bytes: int
    arena_bytes: int
    system_include_dirs: tuple[Path, ...] = ()
    archives: tuple[Path, ...] = ()
    library: str = ""
    library_build: str = ""
    arena_parts: Mapping[str, int] = field(default_factory=dict)
    operators: tuple[OperatorLines, ...] = ()
    copies: Path | None = None
    copied_bytes: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sizes:
    """Bytes in an ELF by part; flash = text + rodata + data, ram = data + bss + stack."""

    flash_bytes: int
    ram_bytes: int
    weights_bytes: int
    code_bytes: int
    arena_bytes: int
    stack_bytes: int


@dataclass(frozen=True)
class Firmware:
    """A linked image for one board; `image_id` is what it says of itself when greeted.

    `c_library` names the functions of the C library that are in it.
    """

    elf: Path
    sha256: str
    image_id: str
    sizes: Sizes
    compiler: str
    flags: str
    c_library: str = ""


class ByteStream(Protocol):
    """The part of pyserial's Serial that the link uses.

    `read` returns what has arrived within `timeout` seconds, at most `size`
    bytes, b"" if nothing did; both raise OSError when the other side is gone.
    """

    timeout: float | None

    def read(self, size: int = 1) -> bytes: ...

    def write(self, data: bytes) -> int | None: ...


@dataclass(frozen=True)
class DeviceTensor:
    """An input or output of the engine on the device; dtype is numpy's name."""

    dtype: str
    bytes: int


@dataclass(frozen=True)
class DeviceInfo:
    """What the firmware says of itself when greeted."""

    board: str
    engine: str
    model_sha256: str
    counter: str
    counter_hz: int
    inputs: tuple[DeviceTensor, ...]
    outputs: tuple[DeviceTensor, ...]


@dataclass(frozen=True)
class BenchUse:
    """Which board of the bench ran a job: its probe and its chip's serial number ("": none).

    `attempts` to program it failed before; `retries` says which and why.
    """

    probe: str
    chip: str
    attempts: int
    retries: str


@dataclass(frozen=True)
class EmulatorOptions:
    """What an emulator gets besides its own arguments, and the files that they name.

    `writes` exist already: a confined emulator makes none.
    """

    arguments: tuple[str, ...] = ()
    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()


@dataclass(frozen=True)
class RunFacts:
    """What a target knows of a run beside the firmware's own words.

    `use` is the board of the bench, None elsewhere. `counter_unit` is what the
    board's counter counts there, "" if what the board file says. `emulator_options`
    tells whether those that were asked for reached an emulator: only then does the
    plugin among them count. `patience` is how many times longer than those of a board
    its answers may take before a request is repeated.
    """

    use: BenchUse | None = None
    counter_unit: str = ""
    patience: float = 1.0
    emulator_options: bool = False


@dataclass(frozen=True)
class Measurement:
    """Raw results of one session: counter ticks and output bytes.

    `ticks` has one entry per repetition, each over `iterations` invocations;
    `cold_ticks` is the very first invocation after reset.
    `outputs[sample][tensor]` are the bytes the engine left.
    """

    device: DeviceInfo
    outputs: tuple[tuple[bytes, ...], ...]
    cold_ticks: int
    ticks: tuple[int, ...]
    iterations: int
    stack_bytes: int
    stack_used_bytes: int
    self_test: str
    retransmissions: int
