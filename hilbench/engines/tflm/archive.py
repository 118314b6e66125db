"""What a static archive says of itself: for which CPU it is, and what it defines.

Formats: the System V variant of ar, whose first member "/" lists the defined
symbols; ELF; "Addenda to, and Errata in, the ABI for the Arm Architecture"
(IHI 0045), section 3.3, for the build attributes of an object.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hilbench.arch.cortex_m import ARCHITECTURES
from hilbench.core import files
from hilbench.core.errors import BuildError

LARGEST = 1024 * files.MIB
_MAGIC = b"!<arch>\n"
_HEADER_BYTES = 60
_VFP_REGISTERS = 1


@dataclass(frozen=True)
class Archive:
    """A static archive for Arm.

    `architecture` is one of ARCHITECTURES, or "" where the objects do not say;
    `hard_float` tells whether floats are passed in registers of the FPU.
    """

    architecture: str
    hard_float: bool
    symbols: frozenset[str]


def read(path: Path) -> Archive:
    """Raises BuildError for what is not an archive of Arm objects."""
    members = _read(path)
    said = _attributes(path, _objects(path, members)[0])
    return Archive(
        architecture=ARCHITECTURES.get(said.get("TAG_CPU_ARCH", 0), ""),
        hard_float=said.get("TAG_ABI_VFP_ARGS") == _VFP_REGISTERS,
        symbols=_symbols(dict(members).get("/", b"")),
    )


def objects(path: Path) -> list[bytes]:
    """The object files in it. Raises BuildError where there is none."""
    return _objects(path, _read(path))


Members = list[tuple[str, bytes]]


def _objects(path: Path, members: Members) -> list[bytes]:
    found = [content for _, content in members if content[:4] == b"\x7fELF"]
    if not found:
        raise BuildError(f"{path} has no object file in it")
    return found


def _read(path: Path) -> Members:
    """Name and contents of each member."""
    try:
        content = files.read(path, LARGEST)
    except (OSError, ValueError) as error:  # ValueError: a name that cannot be one
        raise BuildError(f"{path} cannot be read: {files.why(error)}") from error
    try:
        return list(_members(content))
    except (ValueError, struct.error) as error:
        raise BuildError(f"{path} is not a static archive: {error}") from error


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(_MAGIC):
        raise ValueError("it does not begin with !<arch>")
    position = len(_MAGIC)
    while position < len(data):
        header = data[position : position + _HEADER_BYTES]
        if len(header) < _HEADER_BYTES or header[58:] != b"`\n":
            raise ValueError(f"no member at offset {position}")
        size = int(header[48:58])
        start = position + _HEADER_BYTES
        if size < 0 or start + size > len(data):
            raise ValueError("it is truncated")
        yield header[:16].decode("latin-1").rstrip(), data[start : start + size]
        position = start + size + size % 2


def _symbols(index: bytes) -> frozenset[str]:
    """Names in the symbol index: a count, as many offsets, as many names."""
    if len(index) < 4:
        return frozenset()
    (count,) = struct.unpack_from(">I", index)
    names = index[4 + 4 * count :].split(b"\0")[:count]
    return frozenset(name.decode("latin-1") for name in names)


def _attributes(path: Path, content: bytes) -> dict[str, int]:
    """Build attributes of an object file by pyelftools' names."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        image = ELFFile(io.BytesIO(content))
        if image["e_machine"] != "EM_ARM":
            raise BuildError(f"{path} is for {image.get_machine_arch()}, not for Arm")
        return attributes(image)
    except (ELFError, struct.error) as error:
        raise BuildError(f"{path} holds an object file that is broken: {error}") from error


def attributes(image: Any) -> dict[str, int]:
    """Of an ELFFile: the numbers among its build attributes."""
    from elftools.elf.sections import ARMAttributesSection

    section = image.get_section_by_name(".ARM.attributes")
    if not isinstance(section, ARMAttributesSection):
        return {}
    return {
        attribute.tag: attribute.value
        for vendor in section.iter_subsections()
        for scope in vendor.iter_subsubsections()
        for attribute in scope.iter_attributes()
        if isinstance(attribute.value, int)
    }
