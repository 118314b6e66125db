"""Where the plugin finds things in an image, read from its ELF."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hilbench.config.board import Board, Region
from hilbench.core.errors import TargetError
from hilbench.cycles.config import Image, Range, disjoint

START, END = "counter_start", "counter_elapsed"
_STACK = "hb_stack_bottom", "hb_stack_top"


@dataclass(frozen=True)
class Layout:
    """An image; `names[f]` is the symbol of `image.functions[f]`."""

    image: Image
    names: tuple[str, ...]


def read(elf: Path, board: Board) -> Layout:
    """Raises TargetError for a file that is no ELF, or has no bench loop in it."""
    symbols = _symbols(elf, board.family.code_mask)
    named = {symbol.name: symbol.range for symbol in symbols}
    for name in (START, END, *_STACK):
        if name not in named:
            raise TargetError(f"{elf.name} has no symbol '{name}'")
    by_range = {symbol.range: symbol.name for symbol in symbols if symbol.is_code}
    ranges = disjoint(list(by_range))
    return Layout(
        image=Image(
            flash=_range(board.memory.flash),
            ram=_range(board.memory.ram),
            stack=Range(named[_STACK[0]].start, named[_STACK[1]].start),
            start_mark=named[START],
            end_mark=named[END].start,
            functions=ranges,
        ),
        names=tuple(by_range[found] for found in ranges),
    )


def _range(region: Region) -> Range:
    return Range(region.origin, region.origin + region.length)


@dataclass(frozen=True)
class _Symbol:
    """Functions of several files may have one name."""

    name: str
    range: Range
    is_code: bool


def _symbols(elf: Path, mask: int) -> list[_Symbol]:
    """All of them; the addresses of functions are masked."""
    # Here, as a plan of jobs reads no image and does not wait for it.
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile
    from elftools.elf.sections import SymbolTableSection

    try:
        with elf.open("rb") as file:
            table = ELFFile(file).get_section_by_name(".symtab")
            found = list(table.iter_symbols()) if isinstance(table, SymbolTableSection) else []
    except (OSError, ELFError) as error:
        raise TargetError(f"{elf.name} cannot be read: {error}") from error
    symbols = []
    for symbol in found:
        is_code = symbol["st_info"]["type"] == "STT_FUNC"
        start = symbol["st_value"] & mask if is_code else symbol["st_value"]
        symbols.append(_Symbol(symbol.name, Range(start, start + symbol["st_size"]), is_code))
    return symbols
