"""How a TFLM archive was built, as far as its objects say it.

The compiler is in the section .comment and, where there is debug information, in DWARF's
DW_AT_producer with its options; without that the optimisation is the build attribute
Tag_ABI_optimization_goals (IHI 0045, 3.3.5.4), which GCC and LLVM set for each object. Which
defines were given is seen from what they add to an object and take from it.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from hilbench.core.errors import BuildError
from hilbench.engines.tflm import archive

UNKNOWN = "unknown"

_REGISTERS = re.compile(r"^_ZN6tflite(?:3ops5micro)?\d+Register_([A-Z0-9_]+?)(?:_INT\d+)*Ev$")
_CMSIS_NN = re.compile(r"^arm_\w+_(?:s4|s8|s16|f16|f32|get_buffer_size\w*)$")
_PRODUCER = re.compile(rb"(?:GNU (?:C|GIMPLE)|clang version |Component: Arm|IAR )[^\0]{0,4000}")
_LEVEL = re.compile(r"(?<!\S)-O(\w*)")

# What assert() of each C library calls: left out by NDEBUG, as are TFLM's own checks.
_ASSERTS = {"__assert_func", "__assert", "__assert_fail", "__aeabi_assert"}
# Objects of TFLM that assert, in every version since 2021: they take a .tflite apart.
_ASSERTING = re.compile(r"^_ZN6tflite\d+Parse(?:Add|FullyConnected)E")
_MESSAGES = re.compile(r"^_Z\d+V?MicroPrintfPKc")
# common.cc: the second function is left out by TF_LITE_STATIC_MEMORY.
_TENSORS, _REALLOC = "TfLiteTypeGetName", "TfLiteTensorRealloc"
_INVOKE = "_ZN6tflite16MicroInterpreter6InvokeEv"

# Tag_ABI_optimization_goals: what GCC (arm.cc, arm_file_start) and LLVM (ARMAsmPrinter) mean.
_GOALS = {
    "GCC": {1: "-O1 or -Og", 2: "-O2 or -O3", 4: "-Os", 6: "-O0"},
    "clang": {1: "-O1 or -O2", 2: "-O3", 3: "-Os", 4: "-Oz", 6: "-O0"},
}


@dataclass(frozen=True)
class Object:
    """What one object file says; "" for what it does not say. `lto` holds no machine code."""

    compiler: str
    optimisation: str
    defined: frozenset[str]
    wanted: frozenset[str]
    lto: bool

    @property
    def operators(self) -> set[str]:
        """Those that its kernels are registered for."""
        return {found[1] for name in self.defined if (found := _REGISTERS.match(name))}

    @property
    def part(self) -> str:
        if self.operators:
            return "kernels"
        return "CMSIS-NN" if any(map(_CMSIS_NN.match, self.defined)) else "the rest"


@dataclass(frozen=True)
class Build:
    """`said` is for the record: "GCC 12.2.1; optimisation -O3; checks on; ...", the same clauses
    in the same order for each archive.

    `static_memory` tells whether TF_LITE_STATIC_MEMORY was defined, which decides the layout of
    TfLiteTensor: upstream's makefile defines it, so True where no object says it.
    """

    said: str
    static_memory: bool


@lru_cache(maxsize=8)
def read(path: Path, sha256: str) -> Build:
    """`sha256` is that of the archive, which may be another one at the next call.

    Raises BuildError for a broken object.
    """
    del sha256
    objects = [_object(path, content) for content in archive.objects(path)]
    return Build(_describe(objects), not _defines(objects, _REALLOC.__eq__))


def _describe(objects: Sequence[Object]) -> str:
    return "; ".join([
        _only(each.compiler for each in objects if each.defined),
        _optimisation(objects),
        _checks(objects),
        _messages(objects),
        _memory(objects),
        _memcpy(objects),
        *(["link-time optimisation"] if any(each.lto for each in objects) else []),
        *_kernels(objects),
    ])  # fmt: skip


def _only(said: Iterable[str]) -> str:
    return " and ".join(sorted({each or UNKNOWN for each in said})) or UNKNOWN


def _optimisation(objects: Sequence[Object]) -> str:
    """One level, or that of each part."""
    found: dict[str, set[str]] = {}
    for each in objects:
        if each.defined:
            found.setdefault(each.part, set()).add(each.optimisation)
    said = {part: _only(levels) for part, levels in sorted(found.items())}
    if len(set(said.values())) <= 1:
        return f"optimisation {_only(said.values())}"
    return "optimisation " + ", ".join(f"{level} of {part}" for part, level in said.items())


def _checks(objects: Sequence[Object]) -> str:
    if any(each.wanted & _ASSERTS for each in objects):
        return "checks on"
    there = any(_ASSERTING.match(name) for each in objects for name in each.defined)
    return "checks off (NDEBUG)" if there else f"checks {UNKNOWN}"


def _messages(objects: Sequence[Object]) -> str:
    if _defines(objects, _MESSAGES.match):
        return "messages kept"
    there = _defines(objects, _INVOKE.__eq__)
    return "messages left out (TF_LITE_STRIP_ERROR_STRINGS)" if there else f"messages {UNKNOWN}"


def _memory(objects: Sequence[Object]) -> str:
    if _defines(objects, _REALLOC.__eq__):
        return "without TF_LITE_STATIC_MEMORY"
    there = _defines(objects, _TENSORS.__eq__)
    return "TF_LITE_STATIC_MEMORY" if there else f"TF_LITE_STATIC_MEMORY {UNKNOWN}"


def _memcpy(objects: Sequence[Object]) -> str:
    return f"memcpy of the {'archive' if _defines(objects, 'memcpy'.__eq__) else 'C library'}"


def _defines(objects: Sequence[Object], match: Any) -> bool:
    return any(match(name) for each in objects for name in each.defined)


def _kernels(objects: Sequence[Object]) -> list[str]:
    """Which operators have kernels of CMSIS-NN; the others are TFLM's reference kernels."""
    registered = [each for each in objects if each.operators]
    theirs = {
        name for each in registered if any(map(_CMSIS_NN.match, each.wanted))
        for name in each.operators
    }  # fmt: skip
    others = {name for each in registered for name in each.operators} - theirs
    if not registered:
        return [f"kernels {UNKNOWN}"]
    if not theirs:
        return ["reference kernels"]
    rest = f"reference kernels for the rest ({len(others)})"
    return [f"CMSIS-NN for {', '.join(sorted(theirs))}", *([rest] if others else [])]


def _object(path: Path, content: bytes) -> Object:
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        return _said(ELFFile(io.BytesIO(content)))
    except (ELFError, struct.error, UnicodeDecodeError, ValueError, KeyError) as error:
        raise BuildError(f"TFLM: {path} holds an object file that is broken: {error}") from error


def _said(image: Any) -> Object:
    produced = _PRODUCER.search(_section(image, ".debug_str") + _section(image, ".debug_info"))
    producer = produced[0].decode("latin-1") if produced else ""
    comment = _section(image, ".comment").strip(b"\0").split(b"\0")[0].decode("latin-1")
    compiler = _compiler(comment) or _compiler(producer)
    defined, wanted = _symbols(image)
    return Object(
        compiler=compiler,
        optimisation=_level(producer) or _goal(compiler, archive.attributes(image)),
        defined=defined,
        wanted=wanted,
        lto=any(s.name.startswith(".gnu.lto_") for s in image.iter_sections()),
    )


def _section(image: Any, name: str) -> bytes:
    section = image.get_section_by_name(name)
    return b"" if section is None else bytes(section.data())


def _compiler(text: str) -> str:
    """ "GCC 12.2.1" of what .comment or a producer says; other compilers' own words."""
    if gcc := re.match(r"(?:GCC: \(.*?\)|GNU (?:C|GIMPLE)\S*) (\d[\d.]*)", text):
        return f"GCC {gcc[1]}"
    if clang := re.search(r"clang version (\d[\d.]*)", text):
        return f"clang {clang[1]}"
    return re.sub(r"[^ -:<-~]+", " ", text).strip()[:80]


def _level(producer: str) -> str:
    levels = _LEVEL.findall(producer)
    return f"-O{levels[-1] or '1'}" if levels else ""


def _goal(compiler: str, attributes: dict[str, int]) -> str:
    means = _GOALS.get(compiler.split(" ")[0], {})
    return means.get(attributes.get("TAG_ABI_OPTIMIZATION_GOALS", 0), "")


def _symbols(image: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Global names that the object defines, and those that it wants from others."""
    from elftools.elf.sections import SymbolTableSection

    table = image.get_section_by_name(".symtab")
    found: tuple[set[str], set[str]] = set(), set()
    for symbol in table.iter_symbols() if isinstance(table, SymbolTableSection) else ():
        if symbol["st_info"]["bind"] != "STB_LOCAL" and symbol.name:
            found[symbol["st_shndx"] == "SHN_UNDEF"].add(symbol.name)
    return frozenset(found[0]), frozenset(found[1])
