"""The calls of a program as C statements, in functions of a size that compilers like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hilbench.engines.aot import ctext
from hilbench.engines.aot.layout import Layout
from hilbench.engines.aot.loops import LoopText
from hilbench.engines.aot.pool import ConstantPool
from hilbench.engines.aot.program import Call, Constant, Loop, Operand, Segment
from hilbench.tflite.graph import Operator, Tensor

# GCC's time grows faster than the length of a function.
_CALLS_PER_FUNCTION = 200


@dataclass(frozen=True)
class Mark:
    """A comment above the text of `count` operators of the same shapes, and the first of them."""

    comment: str
    operator: Operator
    count: int


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


class Statements:
    """What the text of a call is made of. `marks` are the comments that were written so far."""

    def __init__(self, layout: Layout, pool: ConstantPool) -> None:
        self.calls, self.pool = layout.calls, pool
        self.marks: list[Mark] = []
        self._layout = layout

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
        call, tensors = calls[0], self._layout.graph.tensors
        inputs = ", ".join(type_of(tensors[operand.tensor]) for operand in call.inputs)
        output = type_of(tensors[call.output.tensor])
        times = f", {len(calls)} times" if len(calls) > 1 else ""
        text = f"/* {call.operator.index} {call.operator.name} {inputs} -> {output}{times} */"
        self.marks.append(Mark(text, call.operator, len(calls)))
        return text

    def arguments(self, step: int) -> Iterator[Argument]:
        """What a call passes on behind its parameters."""
        call = self.calls[step]
        for operand in (*call.inputs, call.output):
            yield self._argument(operand)
        if call.scratch:
            yield Argument("uint8_t", offset=self._layout.scratch_offset(step))

    def _argument(self, operand: Operand) -> Argument:
        c_type = ctext.C_TYPES[self._layout.graph.tensors[operand.tensor].dtype]
        place = self._layout.storage.place(operand.tensor)
        data = self._layout.graph.tensors[place.root].data
        if data is None:
            offset = self._layout.arena_offset(operand.tensor) + operand.offset
            return Argument(c_type, offset=offset)
        name = self.pool.array(Constant("constant", data))
        elements = (place.offset + operand.offset) // data.itemsize
        return Argument(c_type, f"{name} + {elements}" if elements else name)


class ProgramText:
    """The functions of a program, and the statements of `engine_invoke` that run them in order."""

    def __init__(self, statements: Statements) -> None:
        self.functions: list[str] = []
        self.invocations: list[str] = []
        self._statements = statements

    def add(self, segment: Segment) -> None:
        if isinstance(segment, Loop):
            name = self._invoke("loop")
            self.functions.append(LoopText(name, segment, self._statements).text())
            return
        for start in range(0, len(segment), _CALLS_PER_FUNCTION):
            steps = segment[start : start + _CALLS_PER_FUNCTION]
            body = "\n".join(self._statements.straight(step) for step in steps)
            name = self._invoke("invoke")
            self.functions.append(f"static void {name}(void)\n{{\n{body}\n}}\n")

    def _invoke(self, stem: str) -> str:
        name = f"{stem}_{len(self.functions)}"
        self.invocations.append(f"    {name}();")
        return name


def type_of(tensor: Tensor) -> str:
    return f"{tensor.dtype}{list(tensor.shape)}"
