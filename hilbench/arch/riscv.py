"""RISC-V: 32-bit cores that are named by their instruction sets.

Installed only when asked for (`make riscv`): nothing else needs its compiler and emulator.
"""

from __future__ import annotations

import re

from hilbench.arch.base import Emulator, Family, Faults, Toolchain, Word
from hilbench.arch.instructions import Disassembler, words

CORES = {name: name for name in ("rv32imc", "rv32imac", "rv32imafc")}

TOOLCHAIN = Toolchain(
    file="riscv64-unknown-elf.cmake",
    gcc="riscv64-unknown-elf-gcc",
    gxx="riscv64-unknown-elf-g++",
    demangler="riscv64-unknown-elf-c++filt",
    gcc_package="gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
    gxx_package="gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
)

EMULATOR = Emulator(
    program="qemu-system-riscv32",
    package="qemu-system-misc",
    program_counter=re.compile(r"\bpc +([0-9a-f]{8})"),
    # slli x0, x0, 31; ebreak; srai x0, x0, 7 (RISC-V Semihosting, version 0.3)
    host_call=bytes.fromhex("1310f001 73001000 13507040"),
    options=("-bios", "none"),
)

# The RISC-V Instruction Set Manual, Volume II (20211203), table 3.6.
FAULTS = Faults(
    exceptions={
        0: Word("MISALIGNED_FETCH", "misaligned instruction address"),
        1: Word("FETCH_ACCESS", "instruction access fault"),
        2: Word("ILLEGAL_INSTRUCTION", "illegal instruction"),
        3: Word("BREAKPOINT", "breakpoint"),
        4: Word("MISALIGNED_LOAD", "misaligned load"),
        5: Word("LOAD_ACCESS", "load access fault"),
        6: Word("MISALIGNED_STORE", "misaligned store"),
        7: Word("STORE_ACCESS", "store access fault"),
        11: Word("MACHINE_ECALL", "environment call"),
    },
    addressed=frozenset({0, 1, 4, 5, 6, 7}),
    registers=("mcause", "mstatus"),
)

_SMALL_DATA = """\
    __global_pointer$ = . + 0x800;
    *(.sdata .sdata.*)
"""
# Thread-local sections take no room of their own: errno of picolibc is one.
_THREAD_LOCAL = """\
  .tbss (NOLOAD) :
  {
    hb_thread = .;
    *(.tdata .tdata.* .tbss .tbss.* .tcommon)
  } > ram
  .thread (NOLOAD) : { . += SIZEOF(.tbss); } > ram

"""


# The RISC-V Instruction Set Manual, Volume I (20191213), chapter 24; bit manipulation, version 1.0.
EXTENSIONS = {
    "c": words(r"c\..*"),
    "m": words("mul.*|div.*|rem.*"),
    "a": words(r"lr\..*|sc\..*|amo.*"),
    "d": words(r"f.*\.d(\..*)?|fld|fsd"),
    "f": words("f(?!ence).*"),
    "b": words(
        r"sh[123]add|andn|orn|xnor|clz|ctz|cpop|maxu?|minu?|sext\.[bh]|zext\.h|ro[lr]i?|orc\.b",
        "rev8|brev8|b(clr|ext|inv|set)i?|clmul.*|x?perm.*|pack.*|zip|unzip",
    ),
    "v": words(r"v.*"),
}


def extensions(core: str, fpu: str | None) -> frozenset[str]:
    """The letters of the core's name."""
    del fpu
    return frozenset(core.removeprefix("rv32"))


DISASSEMBLER = Disassembler(
    "riscv64-unknown-elf-objdump", ("-d", "-M", "no-aliases"), EXTENSIONS, extensions
)


def flags(core: str, fpu: str | None) -> tuple[str, ...]:
    """GCC's options; instructions for control registers are part of version 2.2 of the base set."""
    del fpu
    abi = "ilp32f" if "f" in core.removeprefix("rv32") else "ilp32"
    return (f"-march={core}", f"-mabi={abi}", "-misa-spec=2.2", "--specs=picolibc.specs")


FAMILY = Family(
    name="riscv",
    cores=CORES,
    fpus=frozenset(),
    isas=frozenset(),
    toolchain=TOOLCHAIN,
    flags=flags,
    link_options=("-nostartfiles",),
    first="    KEEP(*(.start))\n",
    data=_SMALL_DATA,
    before_data=_THREAD_LOCAL,
    guard_bytes=1 << 15,  # GUARD_LOG2 of firmware/arch/riscv/stack.c
    elf_machine="EM_RISCV",
    decoder="riscv",
    aligned=frozenset(CORES),
    disassembler=DISASSEMBLER,
    emulator=EMULATOR,
    faults=FAULTS,
    is_optional=True,
)
