"""Arm Cortex-M: cores from the M0+ to the M55."""

from __future__ import annotations

import re

from hilbench.arch.base import Emulator, Family, Faults, Toolchain, Word
from hilbench.arch.instructions import Disassembler, Instruction, either, words

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

_CONDITION = r"(eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?(\.[nw])?"
_NARROW_CORES_WIDE = frozenset({"bl", "dmb", "dsb", "isb", "mrs", "msr", "udf.w"})
_BYTES_OR_HALVES = "(s|u|q|sh|uh|uq)"


def _thumb2(each: Instruction) -> bool:
    """What Armv6-M lacks (DDI 0419, A5.1 and A5.3)."""
    if each.bytes == 4:
        return each.mnemonic not in _NARROW_CORES_WIDE
    return re.fullmatch(r"cbn?z|it[te]*", each.mnemonic) is not None


def _vectors(each: Instruction) -> bool:
    return re.search(r"\bq[0-7]\b", each.operands) is not None


# By chapter A5 of DDI 0403E (Armv7-M) and C2 of DDI 0553 (Armv8-M).
EXTENSIONS = {
    "DSP": words(
        "smla[bt][bt]|smlaldx?|smladx?|smlal[bt][bt]|smlaw[bt]|smlsldx?|smlsdx?|smm(la|ls|ul)r?",
        "smuadx?|smul[bt][bt]|smulw[bt]|smusdx?|qd?(add|sub)|umaal|sel|usada?8",
        f"{_BYTES_OR_HALVES}(add|sub)(8|16)|{_BYTES_OR_HALVES}(asx|sax)",
        "[su]xtb16|[su]xta[bh](16)?|pkh(bt|tb)|[su]sat16",
        suffix=_CONDITION,
    ),
    "Helium": either(
        [
            _vectors,
            words("vctp.*|vpst|vpt.*|vpnot|[wd]lstp\\..*|letp|lctp"),
            words("asrl|lsll|lsrl|[su]q?r?sh[lr]l?|sqrshrl?|uqrshll?", suffix=_CONDITION),
        ]
    ),
    "double precision": words(r"v.*\.f64.*"),
    "FPv5": words("vsel.*|v(max|min)nm.*|vrint.*|vcvt[anpm].*"),
    "an FPU": words("v.*"),
    "Armv8.1-M": words(
        "dls|wls|le|csel|csinc|csinv|csneg|csetm?|cinc|cinv|cneg|bf(|x|l|lx|csel)|clrm"
    ),
    "Armv8-M": words("lda.*|stl.*|tta?t?|sg|b(l?)xns", suffix=_CONDITION),
    "Thumb-2": _thumb2,
    "a newer architecture": words(r"\?|undefined"),
}
_OF_CORE = {
    "cortex-m0plus": (),
    "cortex-m3": ("Thumb-2",),
    "cortex-m4": ("Thumb-2", "DSP"),
    "cortex-m7": ("Thumb-2", "DSP"),
    "cortex-m33": ("Thumb-2", "DSP", "Armv8-M"),
    # binutils 2.40 takes some CINC of Armv8.1-M for undefined: there it is no witness.
    "cortex-m55": ("Thumb-2", "DSP", "Armv8-M", "Armv8.1-M", "a newer architecture"),
}
_OF_FPU = {
    "fpv4-sp-d16": ("an FPU",),
    "fpv5-sp-d16": ("an FPU", "FPv5"),
    "fpv5-d16": ("an FPU", "FPv5", "double precision"),
}


def extensions(core: str, fpu: str | None) -> frozenset[str]:
    """Those that a core has; Helium comes with the M55's FPU."""
    found = {*_OF_CORE[core], *_OF_FPU.get(fpu or "", ())}
    return frozenset(found | {"Helium"} if core == "cortex-m55" and fpu else found)


# Without the option what pads the beginning of a section is read as instructions of 32-bit Arm.
DISASSEMBLER = Disassembler(
    "arm-none-eabi-objdump", ("-d", "-M", "force-thumb"), EXTENSIONS, extensions
)

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
    isas=frozenset({"v6m", "v7m", "dsp", "mve"}),
    fpu_isa="vfp",
    toolchain=TOOLCHAIN,
    flags=flags,
    link_options=("-nostartfiles", "--specs=nano.specs"),
    first="    KEEP(*(.vectors))\n",
    sections=_SECTIONS,
    guard_bytes=1 << 15,  # GUARD_LOG2 of firmware/arch/cortex_m/stack.c
    elf_machine="EM_ARM",
    code_mask=~1,  # bit 0 of a code address is the Thumb state
    decoder="thumb",
    aligned=frozenset({"cortex-m0plus"}),  # Armv6-M (DDI 0419, A3.2.1)
    disassembler=DISASSEMBLER,
    emulator=EMULATOR,
    faults=FAULTS,
)
