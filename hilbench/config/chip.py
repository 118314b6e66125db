"""A chip as the cycle model sees it: hilbench/cycles/chips/<name>.yaml.

Facts of the chip are in its file; what a board sets up (the `chip:` key of board.yaml) is
a ChipSetup. Real and emulated boards share both.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from hilbench.config.load import Strict, load
from hilbench.core.errors import SpecError
from hilbench.core.paths import package_dir
from hilbench.core.registry import lookup


class WaitStates(Strict):
    """Wait states of a flash read up to a clock."""

    clock_max_hz: int = Field(gt=0)
    cycles: int = Field(ge=0, le=31)


class ReadBits(Strict):
    """Width of one flash read, by how the flash is organised."""

    dual_bank: Literal[32, 64, 128, 256]
    single_bank: Literal[32, 64, 128, 256]


class Flash(Strict):
    """Flash behind line buffers and two small caches, one for instructions, one for data."""

    wait_states: tuple[WaitStates, ...] = Field(min_length=1)
    read_bits: ReadBits
    cache_line_bytes: Literal[16, 32, 64]
    instruction_cache_lines: int = Field(ge=0, le=64)
    data_cache_lines: int = Field(ge=0, le=64)

    @model_validator(mode="after")
    def _in_order(self) -> Flash:
        clocks = [step.clock_max_hz for step in self.wait_states]
        if clocks != sorted(set(clocks)):
            raise ValueError("wait_states must have rising clocks")
        if self.cache_line_bytes * 8 < max(self.read_bits.dual_bank, self.read_bits.single_bank):
            raise ValueError("cache_line_bytes is less than one read")
        return self


class Chip(Strict):
    """A core and its memory; without `flash` every memory answers at once."""

    schema_version: Literal[1] = Field(alias="schema")
    name: str
    description: str
    core: str
    flash: Flash | None = None


class ChipSetup(Strict):
    """What a board chooses of its chip: the option byte DBANK and the bits of FLASH_ACR."""

    name: str
    flash_banks: Literal["dual", "single"] = "dual"
    instruction_cache: bool = True
    data_cache: bool = True
    prefetch: bool = False


class MemoryTiming(Strict):
    """The flash of a chip as a board runs it; all zero is zero-wait memory."""

    wait_states: int = 0
    read_bytes: int = 4
    line_bytes: int = 32
    instruction_lines: int = 0
    data_lines: int = 0
    prefetch: bool = False

    def describe(self) -> str:
        """For a record: what decides the cycles."""
        if not self.wait_states:
            return "zero-wait memory"
        return (
            f"{self.wait_states} wait states, {8 * self.read_bytes}-bit reads, caches of "
            f"{self.instruction_lines} and {self.data_lines} lines of {self.line_bytes} B, "
            f"prefetch {'on' if self.prefetch else 'off'}"
        )


def memory_timing(chip: Chip, setup: ChipSetup, clock_hz: int) -> MemoryTiming:
    """Raises SpecError if the chip does not reach `clock_hz`."""
    if chip.flash is None:
        return MemoryTiming()
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
    )


@cache
def chips() -> dict[str, Path]:
    """Every shipped chip by name."""
    return {path.stem: path for path in sorted((package_dir() / "cycles" / "chips").glob("*.yaml"))}


def load_chip(name: str) -> Chip:
    """Raises UsageError for an unknown name, SpecError for a wrong file."""
    path = lookup("chip", name, chips())
    chip = load(path, Chip)
    if chip.name != name:
        raise SpecError(str(path), f"name is '{chip.name}', the file says '{name}'")
    return chip
