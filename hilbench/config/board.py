"""A board is a folder of data: firmware/boards/<name>/board.yaml."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from hilbench.config.chip import ChipSetup
from hilbench.config.load import Strict, load
from hilbench.config.probe import PyocdTarget
from hilbench.config.words import shown
from hilbench.core.errors import SpecError
from hilbench.core.paths import firmware_dir
from hilbench.core.registry import lookup

_SIZE = re.compile(r"(\d{1,12})\s*(B|K|KiB|M|MiB)?")
_UNITS = {None: 1, "B": 1, "K": 1024, "KiB": 1024, "M": 1024**2, "MiB": 1024**2}


def _size(value: Any) -> Any:
    """ "640K" -> 655360; plain integers pass."""
    if not isinstance(value, str):
        return value
    if not (match := _SIZE.fullmatch(value)):
        raise ValueError(f"must be a size (bytes, 640K or 2M), not {shown(value)}")
    return int(match[1]) * _UNITS[match[2]]


Bytes = Annotated[int, BeforeValidator(_size), Field(ge=0)]


class Region(Strict):
    """A memory region as the linker sees it."""

    origin: int = Field(ge=0)
    length: Bytes


class Memory(Strict):
    flash: Region
    ram: Region


class Cpu(Strict):
    """Core, ABI and the kernel instruction sets that the compiler may use."""

    core: Literal[
        "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"
    ]
    fpu: str | None = None
    isa: tuple[Literal["dsp", "mve"], ...] = ()

    @property
    def flags(self) -> tuple[str, ...]:
        """GCC's options for this core; without an FPU floats are soft."""
        if self.fpu is None:
            return (f"-mcpu={self.core}", "-mthumb", "-mfloat-abi=soft")
        return (f"-mcpu={self.core}", "-mthumb", "-mfloat-abi=hard", f"-mfpu={self.fpu}")


class Uart(Strict):
    """Console: a driver in firmware/uart/ and where its registers are, if it has any."""

    driver: str
    base: int = 0
    clock_hz: int = 0
    baud: int = 115200


class Counter(Strict):
    """What is read around an invocation: a driver in firmware/counter/.

    `unit` says what its ticks mean: `cycles` of a real core, or `instructions`
    of an emulated one, of which `per_tick` happen in one tick. `irq` is the
    interrupt by which a driver extends a narrow counter to 64 bits.
    """

    driver: str
    base: int = 0
    irq: int | None = Field(default=None, ge=1, le=479)
    hz: int
    unit: Literal["cycles", "instructions"]
    per_tick: int = 1


class QemuTarget(Strict):
    """An emulated board. Time is counted in instructions (icount), never in host time.

    `ram` is what the machine has, where the region `memory.ram` is smaller.
    """

    kind: Literal["qemu"]
    machine: str
    icount_shift: int = Field(default=0, ge=0, le=10)
    ram: Bytes | None = None


AnyTarget = Annotated[QemuTarget | PyocdTarget, Field(discriminator="kind")]
Setting = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]


class Board(Strict):
    """One board.yaml. `settings` are numbers for its own board.c: BOARD_<NAME> there.

    `chip` says how its chip is set up; an emulated board is modelled as that chip.
    """

    schema_version: Literal[1] = Field(alias="schema")
    name: str
    description: str
    cpu: Cpu
    clock_hz: int = Field(gt=0)
    memory: Memory
    stack: Bytes
    uart: Uart
    counter: Counter
    settings: dict[Setting, int] = Field(default_factory=dict)
    chip: ChipSetup | None = None
    target: AnyTarget

    @model_validator(mode="after")
    def _stack_fits(self) -> Board:
        if self.stack >= self.memory.ram.length:
            raise ValueError("stack is larger than the ram region")
        return self

    @property
    def folder(self) -> Path:
        return boards_dir() / self.name


def boards_dir() -> Path:
    return firmware_dir() / "boards"


@cache
def boards() -> dict[str, Path]:
    """Every shipped board by name."""
    return {path.parent.name: path for path in sorted(boards_dir().glob("*/board.yaml"))}


def load_board(name: str) -> Board:
    """Raises UsageError for an unknown name, SpecError for a wrong file."""
    path = lookup("board", name, boards())
    board = load(path, Board)
    if board.name != name:
        raise SpecError(str(path), f"name is '{board.name}', the folder says '{name}'")
    return board
