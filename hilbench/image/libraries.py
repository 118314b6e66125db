"""Which functions of the C library an image has, and from which objects of it.

The linker's map says which members of which archives were taken for which symbol; those that are
left in the image are named. Two builds of one library may differ in a function by a factor
(a memcpy by bytes or by words), so its size is said as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from hilbench.core import processes
from hilbench.core.deadline import Deadline
from hilbench.image import elf

# "PATH/libm.a(lib_a-wf_exp.o)", then on the same line or the next "WANTED_BY (expf)".
_TAKEN = re.compile(r"^(\S[^\n]*?)\(([^()\n]+)\)\s+\S[^\n]*\(([^()\n]+)\)$", re.MULTILINE)
_HEADING, _END = "Archive member included", "Linker script and memory map"
_ARCHIVES = re.compile(r"lib(?:c|m|g)(?:_\w+)?\.a")
_PREFIX = re.compile(r"^lib\w*_a-")
_VERSIONS = {
    "picolibc": re.compile(r'#define _*PICOLIBC_VERSION_* "(.+)"'),
    "newlib": re.compile(r'#define _NEWLIB_VERSION "(.+)"'),
}


def linked(image: Path, linker_map: Path, compiler: Sequence[str], deadline: Deadline) -> str:
    """ "newlib 3.3.0; libc_nano.a: memcpy (308 bytes, memcpy.o); libm.a: expf (72 bytes, ...)".

    `compiler` is its command with the options that choose the headers. Functions with names of
    the implementation (`__ieee754_expf`) are left out. Raises DeadlineExceeded.
    """
    sizes = elf.function_sizes(image)
    found: dict[str, list[str]] = {}
    for archive, member, symbol in taken(linker_map.read_text(errors="replace")):
        if symbol in sizes and not symbol.startswith("_"):
            said = f"{symbol} ({sizes[symbol]} bytes, {_PREFIX.sub('', member)})"
            found.setdefault(archive, []).append(said)
    names = [f"{archive}: {', '.join(sorted(found[archive]))}" for archive in sorted(found)]
    return "; ".join([_version(compiler, image.with_name("c_library.log"), deadline), *names])


def taken(text: str) -> list[tuple[str, str, str]]:
    """(archive, member, symbol) of each member of the C library, in the linker's order."""
    part = text.partition(_HEADING)[2].partition(_END)[0]
    found = ((PurePath(path).name, member, symbol) for path, member, symbol in _TAKEN.findall(part))
    return [each for each in found if _ARCHIVES.fullmatch(each[0])]


def _version(compiler: Sequence[str], log: Path, deadline: Deadline) -> str:
    """By what its own headers define."""
    macros = ["-E", "-dM", "-include", "string.h", "-x", "c", "/dev/null"]
    said = processes.run([*compiler, *macros], log, deadline).log
    found = ((name, version.search(said)) for name, version in _VERSIONS.items())
    return next((f"{name} {match[1]}" for name, match in found if match), "a C library")
