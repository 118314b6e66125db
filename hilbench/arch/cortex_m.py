"""Arm Cortex-M: cores from the M0+ to the M55."""

from __future__ import annotations

import re

from hilbench.arch.base import Emulator, Family, Faults, Toolchain, Word

ARCHITECTURES = {11: "v6-M", 12: "v6S-M", 10: "v7-M", 13: "v7E-M", 17: "v8-M.main", 21: "v8.1-M"}
"""Tag_CPU_arch of an object file (IHI 0045), from the poorest on; each runs what is before it."""

CORES = {
    "cortex-m0plus": "v6S-M",
    "cortex-m3": "v7-M",
    "cortex-m4": "v7E-M",
    "cortex-m7": "v7E-M",
    "cortex-m33": "v8-M.main",
    "cortex-m55": "v8.1-M",
}

TOOLCHAIN = Toolchain(
    file="arm-none-eabi.cmake",
    gcc="arm-none-eabi-gcc",
    gxx="arm-none-eabi-g++",
    demangler="arm-none-eabi-c++filt",
    gcc_package="gcc-arm-none-eabi libnewlib-arm-none-eabi",
    gxx_package="gcc-arm-none-eabi libstdc++-arm-none-eabi-newlib",
)

EMULATOR = Emulator(
    program="qemu-system-arm",
    package="qemu-system-arm",
    program_counter=re.compile(r"R15=([0-9a-f]{8})"),
    host_call=b"\xab\xbe",  # bkpt 0xab (Arm IHI 0100)
)

# Armv7-M Architecture Reference Manual (Arm DDI 0403E), B1.5.2 and B3.2.15; STKOF: DDI 0553.
FAULTS = Faults(
    exceptions={
        2: Word("NMI", "NMI"),
        3: Word("HardFault", "hard fault"),
        4: Word("MemManage", "memory fault"),
        5: Word("BusFault", "bus fault"),
        6: Word("UsageFault", "usage fault"),
    },
    causes={
        0: Word("IACCVIOL", "instruction fetch from a forbidden region"),
        1: Word("DACCVIOL", "access to a forbidden region"),
        3: Word("MUNSTKERR", "forbidden region on exception return"),
        4: Word("MSTKERR", "forbidden region on exception entry"),
        5: Word("MLSPERR", "forbidden region when the FPU's state was saved"),
        8: Word("IBUSERR", "bus error on instruction fetch"),
        9: Word("PRECISERR", "bus error on a data access"),
        10: Word("IMPRECISERR", "imprecise bus error"),
        11: Word("UNSTKERR", "bus error on exception return"),
        12: Word("STKERR", "bus error on exception entry"),
        13: Word("LSPERR", "bus error when the FPU's state was saved"),
        16: Word("UNDEFINSTR", "undefined instruction"),
        17: Word("INVSTATE", "invalid state"),
        18: Word("INVPC", "invalid PC on exception return"),
        19: Word("NOCP", "no coprocessor (FPU off)"),
        20: Word("STKOF", "stack limit"),
        24: Word("UNALIGNED", "unaligned access"),
        25: Word("DIVBYZERO", "division by zero"),
    },
    access_valid=7,
    bus_valid=15,
    registers=("CFSR", "HFSR"),
)

FAULT_STATUS = {
    "cfsr": 0xE000ED28,
    "hfsr": 0xE000ED2C,
    "mmfar": 0xE000ED34,
    "bfar": 0xE000ED38,
}
"""Addresses of the registers that a debugger reads after a crash (DDI 0403E, B3.2.2)."""

_SECTIONS = """\
  .ARM.extab : { *(.ARM.extab .ARM.extab.*) } > flash
  .ARM.exidx : { *(.ARM.exidx .ARM.exidx.*) } > flash
"""


def flags(core: str, fpu: str | None) -> tuple[str, ...]:
    """GCC's options for a core; without an FPU floats are soft."""
    if fpu is None:
        return (f"-mcpu={core}", "-mthumb", "-mfloat-abi=soft")
    return (f"-mcpu={core}", "-mthumb", "-mfloat-abi=hard", f"-mfpu={fpu}")


FAMILY = Family(
    name="cortex_m",
    cores=CORES,
    fpus=frozenset({"fpv4-sp-d16", "fpv5-sp-d16", "fpv5-d16"}),
    isas=frozenset({"dsp", "mve"}),
    fpu_isa="vfp",
    toolchain=TOOLCHAIN,
    flags=flags,
    link_options=("-nostartfiles", "--specs=nano.specs"),
    first="    KEEP(*(.vectors))\n",
    sections=_SECTIONS,
    guard_bytes=1 << 15,  # GUARD_LOG2 of firmware/arch/cortex_m/stack.c
    elf_machine="EM_ARM",
    code_mask=~1,  # bit 0 of a code address is the Thumb state
    emulator=EMULATOR,
    faults=FAULTS,
)
