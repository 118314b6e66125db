"""ADD, SUB, MUL: elementwise, with broadcasting."""

from __future__ import annotations

from collections.abc import Callable

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.affine import Affine, limits_f32
from hilbench.engines.aot.numerics.elementwise import MulS8, SumS8, add_s8, mul_s8
from hilbench.engines.aot.numerics.strides import broadcast
from hilbench.engines.aot.numerics.weighted_sum import weighted_sum_s8
from hilbench.engines.aot.program import Call, Pointer, Struct, Value

_S8: dict[str, Callable[[Affine, Affine, Affine, str], SumS8 | MulS8]] = {
    "ADD": add_s8,
    "SUB": add_s8,
    "MUL": mul_s8,
}


class Arithmetic(Lowering):
    """Inputs: a, b."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.a, self.b, self.target = node.input(0), node.input(1), node.output()
        self.activation = node.text("fused_activation_function")
        self.broadcast = broadcast(self.a.shape, self.b.shape)

    def check(self) -> None:
        node = self.node
        node.require_type(self.target, "float32", "int8")
        node.require_same_type(self.target, self.a, self.b)
        elements = max(self.a.elements, self.b.elements)
        if self.broadcast is not None:
            elements = self.broadcast.runs * self.broadcast.run
        node.require_elements(self.target, elements)

    def lower(self) -> Call:
        name = self.node.operator.name
        stem = name.lower()
        fields: dict[str, Value] = {"broadcast": None, "count": self.target.elements}
        if self.broadcast is not None:
            fields["broadcast"] = Pointer(Struct("broadcast", vars(self.broadcast)))
        if self.target.dtype == "float32":
            low, high = limits_f32(self.activation)
            fields |= {"min": low, "max": high}
            kernel = f"{stem}_f32"
        else:
            a, b, target = (self.node.affine(t) for t in (self.a, self.b, self.target))
            # One weighted sum is a third of the work, where it is exactly the same function.
            fast = None if name == "MUL" else weighted_sum_s8(name, a, b, target, self.activation)
            fields |= vars(fast or _S8[name](a, b, target, self.activation))
            stem = "weighted_sum" if fast else stem
            kernel = f"{stem}_s8"
        operands = [self.a, self.b]
        return self.node.call(kernel, f"{stem}.h", fields, inputs=operands, elementwise=True)


OPERATORS = {"ADD": Arithmetic, "SUB": Arithmetic, "MUL": Arithmetic}
