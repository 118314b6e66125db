"""A board is a folder of data: firmware/boards/<name>/board.yaml.

What it says goes into compilers, linker scripts and command lines of other programs, so every
word is one of a list, of a narrow form, or the name of a file that is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from hilbench import arch
from hilbench.arch.base import Family
from hilbench.config.chip import ChipSetup, load_chip
from hilbench.config.core import load_core
from hilbench.config.load import Strict, load, position
from hilbench.config.probe import PyocdTarget
from hilbench.config.words import form, shown
from hilbench.core import doors
from hilbench.core.errors import SpecError
from hilbench.core.paths import firmware_dir
from hilbench.core.registry import lookup, nearest

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


Word32 = Annotated[int, Field(ge=0, lt=1 << 32)]
Name = Annotated[str, form(r"^[a-z][a-z0-9_]{0,63}$", "a name of a-z, 0-9 and _")]


def _core(value: str) -> str:
    known = [name for name, family in arch.cores().items() if family.is_bare]
    if value not in known:
        raise ValueError(f"unknown core {shown(value)} ({nearest(value, known)})")
    return value


class Region(Strict):
    """A memory region as the linker sees it."""

    origin: Word32
    length: Bytes

    @model_validator(mode="after")
    def _addressable(self) -> Region:
        if self.length == 0 or self.origin + self.length > 1 << 32:
            raise ValueError("a region has at least one byte and ends within 4 GiB")
        return self


class Memory(Strict):
    """`boot` is what a boot ROM runs before it: section .boot of the board's own board.c."""

    flash: Region
    ram: Region
    boot: Region | None = None


class Cpu(Strict):
    """Core, ABI and the kernel instruction sets that the compiler may use."""

    core: Annotated[str, AfterValidator(_core)]
    fpu: str | None = None
    isa: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Cpu:
        family = arch.family_of(self.core)
        if self.fpu is not None and self.fpu not in family.fpus:
            raise ValueError(f"unknown fpu {shown(self.fpu)} ({nearest(self.fpu, family.fpus)})")
        for isa in self.isa:
            if isa not in family.isas:
                raise ValueError(f"unknown isa {shown(isa)} ({nearest(isa, family.isas)})")
        return self

    @property
    def instruction_sets(self) -> tuple[str, ...]:
        """Those for which kernels may be chosen: `isa`, and the family's own with an FPU."""
        of_fpu = arch.family_of(self.core).fpu_isa
        return self.isa if self.fpu is None or of_fpu is None else (*self.isa, of_fpu)

    @property
    def flags(self) -> tuple[str, ...]:
        """GCC's options for this core."""
        return arch.family_of(self.core).flags(self.core, self.fpu)


class Uart(Strict):
    """Console: a driver and where its registers are, if it has any."""

    driver: Name
    base: Word32 = 0
    clock_hz: Word32 = 0
    baud: int = Field(default=115200, ge=1, lt=1 << 32)


class Counter(Strict):
    """What is read around an invocation: a driver.

    `unit` says what its ticks mean: `cycles` of a real core, or `instructions`
    of an emulated one, of which `per_tick` happen in one tick. `irq` is the
    interrupt by which a driver extends a narrow counter to 64 bits.
    """

    driver: Name
    base: Word32 = 0
    irq: int | None = Field(default=None, ge=1, le=479)
    hz: int = Field(ge=1, lt=1 << 32)
    unit: Literal["cycles", "instructions"]
    per_tick: int = Field(default=1, ge=1, lt=1 << 32)


class QemuTarget(Strict):
    """An emulated board. Time is counted in instructions (icount), never in host time.

    `cpu` is QEMU's name of the core, where the machine has a choice; `ram` is what the machine
    has, where the region `memory.ram` is smaller.
    """

    kind: Literal["qemu"]
    machine: Annotated[str, form(r"^[a-z0-9][a-z0-9_.-]{0,63}$", "a machine of QEMU, by its name")]
    cpu: (
        Annotated[str, form(r"^[a-z0-9][a-z0-9_-]{0,63}$", "a core of QEMU, by its name")] | None
    ) = None
    icount_shift: int = Field(default=0, ge=0, le=10)
    ram: Bytes | None = None


AnyTarget = Annotated[QemuTarget | PyocdTarget, Field(discriminator="kind")]


class Board(Strict):
    """One board.yaml. `settings` are numbers for its own board.c: BOARD_<NAME> there.

    `arch` is the CPU family, which the core tells as well. `chip` says how its chip is set up; an
    emulated board is modelled as that chip.
    """

    schema_version: Literal[1] = Field(alias="schema")
    name: Name
    description: str
    arch: str | None = None
    cpu: Cpu
    clock_hz: int = Field(gt=0, lt=1 << 32)
    memory: Memory
    stack: Bytes
    uart: Uart
    counter: Counter
    settings: dict[Name, Word32] = Field(default_factory=dict)
    chip: ChipSetup | None = None
    target: AnyTarget

    @model_validator(mode="after")
    def _stack_fits(self) -> Board:
        if self.stack >= self.memory.ram.length:
            raise ValueError("stack is larger than the ram region")
        if self.arch is not None and self.arch != self.family.name:
            raise ValueError(f"{self.cpu.core} is of the CPU family '{self.family.name}'")
        return self

    @property
    def family(self) -> Family:
        return arch.family_of(self.cpu.core)

    @property
    def folder(self) -> Path:
        found = boards().get(self.name)
        return found.parent if found else boards_dir() / self.name

    @property
    def uart_source(self) -> Path:
        """Its console's driver. Raises SpecError where there is none."""
        return self._driver("uart", self.uart.driver)

    @property
    def counter_source(self) -> Path:
        """Its counter's driver. Raises SpecError where there is none."""
        return self._driver("counter", self.counter.driver)

    def _driver(self, kind: str, name: str) -> Path:
        """uart/<name>.c or counter/<name>.c, in the board's folder or among the shipped ones."""
        places = [folder / kind / f"{name}.c" for folder in (self.folder, firmware_dir())]
        found = [path for path in places if path.is_file()]
        if len(found) == 1:
            return found[0]
        known = sorted({path.stem for place in places for path in place.parent.glob("*.c")})
        problem = f"two drivers '{name}'" if found else f"there is no driver '{name}'"
        where = position(self.folder / "board.yaml", kind, "driver")
        raise SpecError(where, f"key '{kind}.driver': {problem}", remedy=nearest(name, known))


def boards_dir() -> Path:
    return firmware_dir() / "boards"


def found_boards() -> Mapping[str, doors.Found[Path]]:
    """Every board by name: hilbench's, those of packages and of the project folder.

    Raises UsageError for two of one name.
    """
    return doors.files("boards", boards_dir(), "*/board.yaml")


def boards() -> dict[str, Path]:
    """As `found_boards`, without where they are from."""
    return doors.things(found_boards())


def _check_core(board: Board, chip: str, path: Path) -> None:
    """Raises SpecError for a chip of another core than the board's.

    A core's table of another name, such as a calibrated one, says which core it is of.
    """
    core = load_chip(chip).core
    if core != board.cpu.core and (core := load_core(core).board_core) != board.cpu.core:
        message = f"key 'chip.name': {chip} has a {core}, the board a {board.cpu.core}"
        raise SpecError(position(path, "chip", "name"), message)


def load_board(name: str) -> Board:
    """Raises UsageError for an unknown name, SpecError for a wrong file."""
    path = lookup("board", name, boards())
    board = load(path, Board)
    if board.name != name:
        raise SpecError(position(path, "name"), f"name is '{board.name}', the folder says '{name}'")
    if board.chip is not None:
        _check_core(board, board.chip.name, path)
    _ = board.uart_source, board.counter_source  # refused here rather than by the compiler
    return board
