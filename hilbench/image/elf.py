"""What an ELF says: sizes by part, and source lines of addresses."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from elftools.common.exceptions import DWARFError, ELFError
from elftools.elf.elffile import ELFFile

from hilbench.arch import code_mask
from hilbench.config.board import Board, Region
from hilbench.core.artifacts import Sizes
from hilbench.core.errors import BuildError


def sizes(elf: Path, board: Board) -> Sizes:
    """Bytes that the image takes of the board's regions.

    Totals come from the loadable segments: flash is what is stored there,
    .data's load image included; ram is what is addressed there. Parts come from
    the sections that the linker script names. Padding between sections counts.
    Raises BuildError for a file that is no ELF.
    """
    with elf.open("rb") as file:
        image = _open(elf, file)
        sections = {s.name: s["sh_size"] for s in image.iter_sections()}
        allocated = [s for s in image.iter_sections() if s["sh_flags"] & 0x2]
        loads = [s for s in image.iter_segments() if s["p_type"] == "PT_LOAD"]
        stored = [(s["p_paddr"], s["p_filesz"]) for s in loads if s["p_filesz"]]
        flash = _extent(stored, board.memory.flash)
        if board.memory.boot:
            flash += _extent(stored, board.memory.boot)
        ram = _extent([(s["sh_addr"], s["sh_size"]) for s in allocated], board.memory.ram)
    weights = sections.get(".weights", 0)
    return Sizes(
        flash_bytes=flash,
        ram_bytes=ram,
        weights_bytes=weights,
        code_bytes=flash - weights,
        arena_bytes=sections.get(".arena", 0),
        stack_bytes=sections.get(".stack", 0),
    )


def _open(path: Path, file: Any) -> ELFFile:
    try:
        return ELFFile(file)
    except ELFError as error:
        raise BuildError(f"{path.name} is not an ELF file: {error}") from error


def _extent(pieces: list[tuple[int, int]], region: Region) -> int:
    """Bytes from the region's origin to the end of the last piece inside it."""
    limit = region.origin + region.length
    ends = [start + size for start, size in pieces if region.origin <= start < limit]
    return max(ends, default=region.origin) - region.origin


def locator(elf: Path) -> Callable[[int], str]:
    """A function from an address to "function at file.c:12", "" where nothing is known.

    The file is read when the function is first called.
    """

    @lru_cache
    def load() -> tuple[list[tuple[int, int, str]], list[tuple[int, str]], int]:
        with elf.open("rb") as file:
            image = ELFFile(file)
            return _functions(image), _lines(image), code_mask(image["e_machine"])

    def locate(address: int) -> str:
        functions, lines, mask = load()
        place = address & mask
        name = next((n for start, size, n in functions if start <= place < start + size), "")
        row = bisect_right(lines, place, key=lambda entry: entry[0])
        line = lines[row - 1][1] if row else ""
        return f"{name} at {line}" if name and line else name

    return locate


def function_sizes(elf: Path) -> dict[str, int]:
    """Bytes of each function of the image, by name."""
    with elf.open("rb") as file:
        return {name: size for _, size, name in _functions(_open(elf, file))}


def _functions(image: Any) -> list[tuple[int, int, str]]:
    """(start, size, name) of each function."""
    table = image.get_section_by_name(".symtab")
    mask = code_mask(image["e_machine"])
    if table is None:
        return []
    return [
        (s["st_value"] & mask, s["st_size"], s.name)
        for s in table.iter_symbols()
        if s["st_info"]["type"] == "STT_FUNC"
    ]


def _lines(image: ELFFile) -> list[tuple[int, str]]:
    """(address, "file.c:line") of each row of the line tables, if there are any, by address; of
    several at one address, as where inlined code begins, the last one holds."""
    if not image.has_dwarf_info():
        return []
    dwarf = image.get_dwarf_info()
    found: list[tuple[int, str]] = []
    try:
        for unit in dwarf.iter_CUs():
            found += _lines_of_unit(dwarf.line_program_for_CU(unit))
    except (DWARFError, ELFError):
        return []
    return sorted(found, key=lambda entry: entry[0])


def _lines_of_unit(program: Any) -> list[tuple[int, str]]:
    if program is None:
        return []
    files = program["file_entry"]
    base = 0 if program["version"] >= 5 else 1
    states = [e.state for e in program.get_entries() if e.state and not e.state.end_sequence]
    return [(s.address, f"{files[s.file - base].name.decode()}:{s.line}") for s in states]
