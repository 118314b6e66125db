"""A chip as the cycle model sees it: hilbench/cycles/chips/<name>.yaml.

Facts of the chip are in its file; what a board sets up (the `chip:` key of board.yaml) is
a ChipSetup. Real and emulated boards share both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from hilbench.config.assumption import Assumptions, check
from hilbench.config.load import Strict, load
from hilbench.core import doors
from hilbench.core.errors import SpecError
from hilbench.core.paths import package_dir
from hilbench.core.registry import lookup

_WAYS_MAX = 64  # CACHE_LINES_MAX of the plugin's cache.h


class WaitStates(Strict):
    """Wait states of a flash read up to a clock."""

    clock_max_hz: int = Field(gt=0)
    cycles: int = Field(ge=0, le=31)


class ReadBits(Strict):
    """Width of one flash read, by how the flash is organised."""

    dual_bank: Literal[32, 64, 128, 256]
    single_bank: Literal[32, 64, 128, 256]


class Kept(Strict):
    """Whether a prefetched read that is used goes into the instruction cache."""

    kept: bool
    source: str


class LineFill(Strict):
    """Whether a miss reads the whole line into the cache, or one read of it."""

    whole: bool = False
    source: str


class Associativity(Strict):
    """In how many lines of a cache one address can be; 0: in all."""

    ways: Literal[0, 1, 2, 4, 8] = 0
    source: str


class ArrayRead(Strict):
    """What a read of the array takes besides one cycle and the wait states."""

    extra_cycles: int = Field(default=0, ge=0, le=8)
    source: str


class DataBuffer(Strict):
    """Whether a load finds what the load before it read from the array."""

    kept: bool = True
    source: str


class SharedCache(Strict):
    """Whether the instruction cache is that of loads as well."""

    shared: bool = False
    source: str


class RamBank(Strict):
    """A part of the RAM; each word loaded from it takes `load_cycles` more than an SRAM's one."""

    name: str
    origin: int = Field(ge=0, lt=1 << 32)
    length: int = Field(gt=0, lt=1 << 32)
    load_cycles: int = Field(ge=0, le=8)
    source: str


class Flash(Strict):
    """Flash behind line buffers and caches, one for instructions, one for data, or one for both."""

    wait_states: tuple[WaitStates, ...] = Field(min_length=1)
    read_bits: ReadBits
    cache_line_bytes: Literal[8, 16, 32, 64]
    instruction_cache_lines: int = Field(ge=0, le=512)
    data_cache_lines: int = Field(ge=0, le=64)
    prefetched_reads: Kept
    line_fill: LineFill = LineFill(source="ASSUMPTION: one read")
    associativity: Associativity = Associativity(source="ASSUMPTION: fully associative")
    shared_cache: SharedCache = SharedCache(source="ASSUMPTION: two caches")
    array_read: ArrayRead = ArrayRead(source="ASSUMPTION: nothing")
    data_buffer: DataBuffer = DataBuffer(source="ASSUMPTION: it does")

    @model_validator(mode="after")
    def _in_order(self) -> Flash:
        clocks = [step.clock_max_hz for step in self.wait_states]
        if clocks != sorted(set(clocks)):
            raise ValueError("wait_states must have rising clocks")
        if self.cache_line_bytes * 8 < max(self.read_bits.dual_bank, self.read_bits.single_bank):
            raise ValueError("cache_line_bytes is less than one read")
        if self.shared_cache.shared and self.data_cache_lines:
            raise ValueError("data_cache_lines is 0 where the cache is shared")
        if (self.associativity.ways or self.instruction_cache_lines) > _WAYS_MAX:
            raise ValueError(f"a cache of more than {_WAYS_MAX} lines has associativity.ways")
        return self


class Chip(Strict):
    """A core and its memory; without `flash` the flash answers at once, as does RAM without
    `ram`."""

    schema_version: Literal[1] = Field(alias="schema")
    name: str
    description: str
    core: str
    flash: Flash | None = None
    ram: tuple[RamBank, ...] = ()
    assumptions: Assumptions = ()

    @model_validator(mode="after")
    def _alternatives_can_be(self) -> Chip:
        check(self, self.assumptions)
        return self


class ChipSetup(Strict):
    """What a board chooses of its chip: the option byte DBANK and the bits of FLASH_ACR."""

    name: str
    flash_banks: Literal["dual", "single"] = "dual"
    instruction_cache: bool = True
    data_cache: bool = True
    prefetch: bool = False


class Bank(Strict):
    """Addresses from `start` up to, without, `end`, and what each word loaded costs more."""

    start: int
    end: int
    load_cycles: int


class MemoryTiming(Strict):
    """The memory of a chip as a board runs it; all zero is zero-wait memory.

    `placement` are bytes by which the image in flash is moved.
    """

    placement: int = 0
    wait_states: int = 0
    read_extra: int = 0
    line_fill: bool = False
    data_buffer: bool = True
    shared_cache: bool = False
    cache_ways: int = 0
    read_bytes: int = 4
    line_bytes: int = 32
    instruction_lines: int = 0
    data_lines: int = 0
    prefetch: bool = False
    prefetch_kept: bool = False
    banks: tuple[Bank, ...] = ()

    def describe(self) -> str:
        """For a record: what decides the cycles."""
        if not self.wait_states:
            return "zero-wait memory"
        if self.shared_cache:
            caches = f"a cache of {self.instruction_lines} lines"
        else:
            caches = f"caches of {self.instruction_lines} and {self.data_lines} lines"
        return (
            f"{self.wait_states} wait states, {8 * self.read_bytes}-bit reads, {caches} of "
            f"{self.line_bytes} B, prefetch {'on' if self.prefetch else 'off'}"
        )


def memory_timing(chip: Chip, setup: ChipSetup, clock_hz: int) -> MemoryTiming:
    """Raises SpecError if the chip does not reach `clock_hz`."""
    banks = tuple(
        Bank(start=bank.origin, end=bank.origin + bank.length, load_cycles=bank.load_cycles)
        for bank in chip.ram
        if bank.load_cycles
    )
    if chip.flash is None:
        return MemoryTiming(banks=banks)
    flash, bits = chip.flash, chip.flash.read_bits
    fitting = [step.cycles for step in flash.wait_states if clock_hz <= step.clock_max_hz]
    if not fitting:
        limit = flash.wait_states[-1].clock_max_hz
        raise SpecError(chip.name, f"clock_hz is {clock_hz}, the flash reaches {limit}")
    return MemoryTiming(
        wait_states=fitting[0],
        read_bytes=(bits.dual_bank if setup.flash_banks == "dual" else bits.single_bank) // 8,
        line_bytes=flash.cache_line_bytes,
        instruction_lines=flash.instruction_cache_lines if setup.instruction_cache else 0,
        data_lines=flash.data_cache_lines if setup.data_cache else 0,
        prefetch=setup.prefetch,
        prefetch_kept=flash.prefetched_reads.kept,
        read_extra=flash.array_read.extra_cycles,
        line_fill=flash.line_fill.whole,
        data_buffer=flash.data_buffer.kept,
        shared_cache=flash.shared_cache.shared,
        cache_ways=flash.associativity.ways,
        banks=banks,
    )


def chips_dir() -> Path:
    return package_dir() / "cycles" / "chips"


def found_chips() -> Mapping[str, doors.Found[Path]]:
    """Every chip by name. Raises UsageError for two of one name."""
    return doors.files("chips", chips_dir(), "*.yaml")


def chips() -> dict[str, Path]:
    """As `found_chips`, without where they are from."""
    return doors.things(found_chips())


def load_chip(name: str) -> Chip:
    """Raises UsageError for an unknown name, SpecError for a wrong file."""
    path = lookup("chip", name, chips())
    chip = load(path, Chip)
    if chip.name != name:
        raise SpecError(str(path), f"name is '{chip.name}', the file says '{name}'")
    return chip
