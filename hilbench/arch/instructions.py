"""Which instructions a core has, by the words of a disassembler."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

_LINE = re.compile(r"^ *([0-9a-f]+):\t([0-9a-f ]+?) *\t+(\S+)(?:\t([^;@<\n]*))?", re.MULTILINE)


@dataclass(frozen=True)
class Instruction:
    """As binutils write it; `operands` are without comments."""

    address: int
    bytes: int
    mnemonic: str
    operands: str


@dataclass(frozen=True)
class Disassembler:
    """A disassembler, and what it calls the instructions of each extension.

    An instruction belongs to every extension whose function says so; `of_core(core, fpu)` are
    those that a core has.
    """

    program: str
    options: tuple[str, ...]
    extensions: Mapping[str, Callable[[Instruction], bool]]
    of_core: Callable[[str, str | None], frozenset[str]]

    def foreign(self, listing: str, core: str, fpu: str | None) -> tuple[Instruction, str] | None:
        """The first instruction of a listing that the core lacks, and its extension."""
        has = self.of_core(core, fpu)
        lacking = {name: test for name, test in self.extensions.items() if name not in has}
        seen: dict[tuple[int, str, str], str] = {}
        for each in _instructions(listing):
            key = each.bytes, each.mnemonic, _registers(each.operands)
            if key not in seen:
                seen[key] = next((name for name, test in lacking.items() if test(each)), "")
            if seen[key]:
                return each, seen[key]
        return None


def words(*patterns: str, suffix: str = "") -> Callable[[Instruction], bool]:
    """Whether the whole mnemonic is one of these."""
    pattern = re.compile(f"(?:{'|'.join(patterns)}){suffix}")
    return lambda each: pattern.fullmatch(each.mnemonic) is not None


def either(tests: Iterable[Callable[[Instruction], bool]]) -> Callable[[Instruction], bool]:
    every = tuple(tests)
    return lambda each: any(test(each) for test in every)


def _instructions(listing: str) -> Iterator[Instruction]:
    """Data among the code, written as directives, is left out; what is undefined is "?"."""
    for line in _LINE.finditer(listing):
        if not line[3].startswith("."):
            size = len(line[2].replace(" ", "")) // 2
            mnemonic = line[3] if line[3][0].isalnum() else "?"  # a comment alone
            yield Instruction(int(line[1], 16), size, mnemonic, line[4] or "")


def _registers(operands: str) -> str:
    """What of the operands tells instructions apart: whether they are vectors."""
    return "q" if re.search(r"\bq[0-7]\b", operands) else ""
