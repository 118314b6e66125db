"""A loop as a C function: what is the same in every trip, and a table of what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hilbench.engines.aot import ctext
from hilbench.engines.aot.passes.reroll import variants
from hilbench.engines.aot.program import Call, Constant, Loop, Pointer, Value

if TYPE_CHECKING:
    from hilbench.engines.aot.statements import Argument, Statements

_INTEGERS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
_WIDE_BYTES = 4
"""Of a pointer, and of a float."""


@dataclass(frozen=True)
class _Column:
    """A member of the table's rows: C text by trip, None where the trip does not read it.

    The smallest integers that hold all cells unless there is a `wanted` type.
    """

    name: str
    cells: tuple[str | None, ...]
    wanted: str = ""
    offsets: tuple[int, ...] = ()

    @property
    def bytes(self) -> int:
        return _WIDE_BYTES if self.wanted else self._integer.itemsize

    @property
    def c_type(self) -> str:
        return self.wanted or f"{ctext.C_TYPES[self._integer.name]} "

    @property
    def _integer(self) -> np.dtype[Any]:
        values = [int(cell) for cell in self.cells if cell is not None]
        return next(
            np.dtype(name)
            for name in _INTEGERS
            if np.iinfo(name).min <= min(values) and max(values) <= np.iinfo(name).max
        )

    def joined(self, other: _Column) -> _Column | None:
        """One column for both, None where some trip reads two values."""
        pairs = list(zip(self.cells, other.cells, strict=True))
        if self.wanted != other.wanted or any(a != b for a, b in pairs if a and b):
            return None
        return replace(self, cells=tuple(a or b for a, b in pairs))


class LoopText:
    """The text of one loop; parameters that go together in every trip share a column.

    An address in the arena that moves by the same distance with every trip
    needs no column, and one that keeps its distance to another needs none of
    its own.
    """

    def __init__(self, name: str, loop: Loop, statements: Statements) -> None:
        self._name, self._statements, self._loop = name, statements, loop
        self._columns: list[_Column] = []

    def text(self) -> str:
        name, loop = self._name, self._loop
        body = "\n".join(self._position(position) for position in range(loop.period))
        table, trip = "", ""
        if self._columns:
            table = self._table()
            trip = f"        const struct {name}_trip *trip = &{name}_trips[i];\n"
        return (
            f"{table}/* {loop.trips} trips of {loop.period} operators. */\n"
            f"static void {name}(void)\n{{\n"
            f"    for (int32_t i = 0; i < {loop.trips}; i++) {{\n{trip}{body}\n    }}\n}}\n"
        )

    def _table(self) -> str:
        """Widest members first, so that the rows have no gaps."""
        columns = sorted(self._columns, key=lambda column: -column.bytes)
        members = "".join(f"    {column.c_type}{column.name};\n" for column in columns)
        cells = zip(*([cell or "0" for cell in c.cells] for c in columns), strict=True)
        rows = "\n".join(f"    {{\n{ctext.lines(row, '        ')}\n    }}," for row in cells)
        name = f"{self._name}_trip"
        return (
            f"struct {name} {{\n{members}}};\n\n"
            f"static const struct {name} {name}s[{self._loop.trips}] = {{\n{rows}\n}};\n\n"
        )

    def _position(self, position: int) -> str:
        """The statements for the calls at one position of the body: one for each variant."""
        steps = self._loop.steps(position)
        calls = [self._statements.calls[step] for step in steps]
        by_trip = zip(*(self._statements.arguments(step) for step in steps), strict=True)
        arguments = [self._argument(position, found) for found in by_trip]
        numbers = variants(calls)
        comment = f"        {self._statements.comment(calls)}\n"
        if not any(numbers):
            params, call = self._call(position, dict(enumerate(calls)), arguments)
            if not params:
                return comment + ctext.call(*call, " " * 8)
            return f"{comment}        {{\n{params}{ctext.call(*call, ' ' * 12)}\n        }}"
        cells = tuple(str(number) for number in numbers)
        which = self._column(_Column(f"kernel_{position}", cells))
        branches = []
        for variant in range(max(numbers) + 1):
            same = {trip: calls[trip] for trip, found in enumerate(numbers) if found == variant}
            params, call = self._call(position, same, arguments)
            block = f"{params}{ctext.call(*call, ' ' * 12)}"
            branches.append(f"if ({which} == {variant}) {{\n{block}\n        }}")
        return f"{comment}        {' else '.join(branches)}"

    def _call(
        self, position: int, by_trip: Mapping[int, Call], arguments: Sequence[str]
    ) -> tuple[str, tuple[str, Sequence[str]]]:
        """What stands for the calls of these trips: kernel, arguments, and text of its parameters.

        The text comes first, and is empty where they are the same in every trip.
        """
        first = next(iter(by_trip.values()))
        fields = {
            name: self._field(
                f"{name}_{position}", {trip: c.params.fields[name] for trip, c in by_trip.items()}
            )
            for name, value in first.params.fields.items()
            if value is not None
        }
        if not any(text.startswith("trip->") for text in fields.values()):
            struct = f"&{self._statements.pool.struct(first.params)}"
            return "", (first.kernel, [struct, *arguments])
        items = ctext.lines([f".{name} = {text}" for name, text in fields.items()], " " * 16)
        params = f"            const struct {first.params.tag} p = {{\n{items}\n            }};\n"
        return params, (first.kernel, ["&p", *arguments])

    def _field(self, name: str, values: Mapping[int, Value]) -> str:
        """C text of a parameter: the same in these trips, or a member of the table."""
        texts = {trip: self._statements.pool.value(value) for trip, value in values.items()}
        if len(set(texts.values())) == 1:
            return next(iter(texts.values()))
        value = next(iter(values.values()))
        cells = tuple(texts.get(trip) for trip in range(self._loop.trips))
        wanted = ""
        if isinstance(value, Constant):
            wanted = f"const {ctext.C_TYPES[value.data.dtype.name]} *"
        elif isinstance(value, Pointer):
            wanted = f"const struct {value.target.tag} *"
        elif isinstance(value, float):
            wanted = "float "
        return self._column(_Column(name, cells, wanted))

    def _argument(self, position: int, by_trip: Sequence[Argument]) -> str:
        """C text of an argument: an address by the number of the trip, or through the table."""
        first = by_trip[0]
        if first.constant is not None:
            texts = tuple(argument.text for argument in by_trip)
            if len(set(texts)) == 1:
                return first.constant
            name, c_type = f"constant_{position}", f"const {first.c_type} *"
            return self._column(_Column(name, texts, c_type))
        return first.at(self._offset([argument.offset for argument in by_trip]))

    def _offset(self, offsets: Sequence[int]) -> str:
        step = offsets[1] - offsets[0]
        if all(offset == offsets[0] + step * trip for trip, offset in enumerate(offsets)):
            return _sum(f"{step} * i", offsets[0]) if step else str(offsets[0])
        for column in self._columns:
            distances = {a - b for a, b in zip(offsets, column.offsets, strict=False)}
            if column.offsets and len(distances) == 1:
                return _sum(f"trip->{column.name}", distances.pop())
        cells = tuple(str(offset) for offset in offsets)
        column = _Column(f"at_{len(self._columns)}", cells, offsets=tuple(offsets))
        return self._column(column)

    def _column(self, column: _Column) -> str:
        """How to read this column in a trip; no two that one member can be have one each."""
        for place, known in enumerate(self._columns):
            if joined := known.joined(column):
                self._columns[place] = joined
                return f"trip->{known.name}"
        if column.name in {known.name for known in self._columns}:
            # Two kernels at one position may each have a parameter of this name.
            column = replace(column, name=f"{column.name}_{len(self._columns)}")
        self._columns.append(column)
        return f"trip->{column.name}"


def _sum(term: str, constant: int) -> str:
    if constant == 0:
        return term
    return f"{term} {'+' if constant > 0 else '-'} {abs(constant)}"
