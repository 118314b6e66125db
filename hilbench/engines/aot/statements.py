"""The calls of a program as C statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hilbench.engines.aot import ctext
from hilbench.engines.aot.layout import Layout
from hilbench.engines.aot.passes.spare import spared
from hilbench.engines.aot.pool import ConstantPool
from hilbench.engines.aot.program import Call, Constant, Operand
from hilbench.tflite.graph import Operator, Tensor
from hilbench.tflite.opinfo import operator_macs


@dataclass(frozen=True)
class Mark:
    """A comment above the text of `count` operators of the same shapes, and the first of them.

    `macs` are those of all of them in one inference, None in a loop that counts its trips.
    """

    comment: str
    operator: Operator
    count: int
    macs: int | None


@dataclass(frozen=True)
class Argument:
    """An argument of a kernel: C text of a constant, or elements `offset` bytes into the arena."""

    c_type: str
    constant: str | None = None
    offset: int = 0

    def at(self, offset: str) -> str:
        """C text of the place in the arena that begins at this offset."""
        return f"AT({self.c_type}, {offset})"

    @property
    def text(self) -> str:
        return self.constant or self.at(str(self.offset))

    def moved(self, c_type: str, by: int) -> Argument:
        """The elements of this type that begin so many bytes behind these."""
        if self.constant is None:
            return Argument(c_type, offset=self.offset + by)
        if (c_type, by) == (self.c_type, 0):
            return self
        place = f"(const char *)({self.constant}) + {by}"
        return Argument(c_type, f"(const {c_type} *)(const void *)({place})")


class Statements:
    """What the text of a call is made of. `marks` are the comments that were written so far."""

    def __init__(self, layout: Layout, pool: ConstantPool) -> None:
        self.calls, self.pool = layout.calls, pool
        self.layout = layout
        self.marks: list[Mark] = []
        self._outside: Mapping[int, Argument] = {}
        self._base = 0  # of the layout's arena in the whole one
        self._runs_once = True
        self.spared = spared(layout.graph, layout.calls, layout.storage)
        self._resting = {id(self.calls[step]) for step in self.spared}

    def inner(self, layout: Layout, outside: Mapping[int, Argument], base: int) -> Statements:
        """Those of a program in a loop, whose inputs are `outside` of its part of the arena."""
        found = Statements(layout, self.pool)
        found._runs_once = False
        found.marks, found._outside, found._base = self.marks, outside, self._base + base
        return found

    def flag(self, step: int) -> str:
        """C text of the bool without which a call may rest, "" for one that must run."""
        flag = self.spared.get(step)
        return "" if flag is None else f"*{self.argument(Operand(flag)).text}"

    def straight(self, step: int) -> str:
        """A call that stands for itself."""
        call = self.calls[step]
        arguments = [f"&{self.pool.struct(call.params)}"]
        arguments += [argument.text for argument in self.arguments(step)]
        return f"    {self.comment([call])}\n{ctext.call(call.kernel, arguments, '    ')}"

    def comment(self, calls: Sequence[Call]) -> str:
        """For the reader: the operator by its number in the graph, and its tensors.

        Of calls in a loop it names the first and says how many there are.
        """
        call, tensors = calls[0], self.layout.graph.tensors
        inputs = ", ".join(type_of(tensors[operand.tensor]) for operand in call.inputs)
        count = sum(each.operators for each in calls)
        output = type_of(tensors[call.output.tensor])
        times = f", {count} times" if count > 1 else ""
        text = f"/* {call.operator.index} {call.operator.name} {inputs} -> {output}{times} */"
        macs = count * operator_macs(self.layout.graph, call.operator)
        always = self._runs_once and id(call) not in self._resting
        known = macs if always or not macs else None
        self.marks.append(Mark(text, call.operator, count, known))
        return text

    def arguments(self, step: int) -> Iterator[Argument]:
        """What a call passes on behind its parameters."""
        call = self.calls[step]
        for operand in (*call.inputs, *call.outputs):
            yield self.argument(operand)
        if call.scratch:
            yield Argument("uint8_t", offset=self.scratch_offset(step))

    def scratch_offset(self, step: int) -> int:
        """Where the scratch of a call begins in the whole arena."""
        return self._base + self.layout.scratch_offset(step)

    def argument(self, operand: Operand) -> Argument:
        """A tensor from an element on, as a kernel gets it."""
        tensors = self.layout.graph.tensors
        c_type = ctext.C_TYPES[tensors[operand.tensor].dtype]
        place = self.layout.storage.place(operand.tensor)
        within = place.offset + operand.offset
        if place.root in self._outside:
            return self._outside[place.root].moved(c_type, within)
        data = tensors[place.root].data
        if data is None:
            offset = self._base + self.layout.arena_offset(operand.tensor) + operand.offset
            return Argument(c_type, offset=offset)
        name = self.pool.array(Constant("constant", data))
        elements = within // data.itemsize
        return Argument(c_type, f"{name} + {elements}" if elements else name)


def type_of(tensor: Tensor) -> str:
    return f"{tensor.dtype}{list(tensor.shape)}"
