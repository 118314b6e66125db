"""What is said of a CPU family: one object, in one module of this package.

Beside the module stands the folder firmware/arch/<name>. Together they are all that a family
takes (docs/adding-a-cpu-family.md); everything else asks here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hilbench.arch.instructions import Disassembler


@dataclass(frozen=True)
class Toolchain:
    """GCC for the family: a file in firmware/toolchain, programs, and what installs them."""

    file: str
    gcc: str
    gxx: str
    demangler: str
    gcc_package: str
    gxx_package: str


@dataclass(frozen=True)
class Emulator:
    """The QEMU that runs the family's firmware; `program_counter` finds it in a dump of registers.

    `host_call` is the instruction, as bytes in memory, by which firmware calls the host;
    `options` are what every machine of it needs.
    """

    program: str
    package: str
    program_counter: re.Pattern[str]
    host_call: bytes
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Word:
    """A number's name in the manual, and what it means."""

    name: str
    meaning: str


@dataclass(frozen=True)
class Faults:
    """Words for what MSG_FAULT reports: exceptions by number, causes by bit of the status register.

    `access_valid` and `bus_valid` are the bits that say whether `mmfar` and `bfar` hold the
    address of the failed access; with an exception of `addressed` mmfar does. `registers` are the
    names of `cfsr` and `hfsr`.
    """

    exceptions: Mapping[int, Word] = field(default_factory=dict)
    causes: Mapping[int, Word] = field(default_factory=dict)
    access_valid: int | None = None
    bus_valid: int | None = None
    addressed: frozenset[int] = frozenset()
    registers: tuple[str, str] = ("cause", "status")


NO_WORDS = Faults()


@dataclass(frozen=True)
class Family:
    """A CPU family.

    `cores` are GCC's names of its cores, each with the name of its architecture (oldest first:
    a core runs what was compiled for the ones before); `fpus` and `isas` what a board may say of
    `cpu.fpu` and `cpu.isa`; `fpu_isa` is the suffix of kernels for an FPU. `flags(core, fpu)` are
    the compiler's options, `link_options` the linker's. `first`, `sections`, `before_data` and
    `data` are pieces of the linker script: what comes first in flash, sections of its own there and
    in RAM before .data, and lines at the end of .data. The stack begins RAM, at a multiple of
    `guard_bytes`.

    `decoder` is the plugin's for its instructions, `thumb` or `riscv`; on cores that are `aligned`
    an access at no multiple of its size fails the job, as they may trap it.
    Every image is read with `disassembler`: it must not have what its core lacks.
    `code_mask` is what is left of a function's address once bits that are none are cleared.
    A family without `emulator` has no emulated boards; `is_bare` says that the image has a linker
    script and start-up code of its own, `is_optional` that its tools are missed by its boards only.
    """

    name: str
    cores: Mapping[str, str]
    fpus: frozenset[str]
    isas: frozenset[str]
    toolchain: Toolchain
    flags: Callable[[str, str | None], tuple[str, ...]]
    fpu_isa: str | None = None
    link_options: tuple[str, ...] = ()
    first: str = ""
    sections: str = ""
    before_data: str = ""
    data: str = ""
    guard_bytes: int = 1
    elf_machine: str = ""
    code_mask: int = ~0
    decoder: str = ""
    aligned: frozenset[str] = frozenset()
    disassembler: Disassembler | None = None
    emulator: Emulator | None = None
    faults: Faults = NO_WORDS
    is_bare: bool = True
    is_optional: bool = False
