"""WHILE as a loop of C, and DYNAMIC_UPDATE_SLICE, by which its trips fill lists."""

from __future__ import annotations

from hilbench.engines.aot.layout import smallest_layout
from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.passes.flatten import LOOP
from hilbench.engines.aot.program import Call, Operand, Repeat, Struct, Value
from hilbench.engines.aot.program_text import scratch_bytes
from hilbench.tflite.graph import DTYPE_BITS

_AXES = 4


class WhileLoop(Lowering):
    """The compiler's own form of WHILE: outputs are the carried tensors only."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        subgraphs = node.graph.subgraphs
        self.condition, self.body = (
            subgraphs[node.integer(which) - 1]
            for which in ("cond_subgraph_index", "body_subgraph_index")
        )
        found = node.option("carried")
        self.carried = found if isinstance(found, tuple) else ()

    def check(self) -> None:
        flag = self.condition.tensors[self.condition.outputs[0]]
        self.node.require(
            flag.dtype == "bool" and flag.elements == 1, "a condition of another type"
        )

    def lower(self) -> Call:
        operator = self.node.operator
        condition = smallest_layout(self.condition, [self.condition.inputs], outside=True)
        inputs = self.body.inputs
        fixed = [index for n, index in enumerate(inputs) if n not in self.carried]
        repeat = Repeat(condition, smallest_layout(self.body, [fixed], outside=True), self.carried)
        first, *others = (Operand(index) for index in operator.outputs)
        return Call(
            operator,
            "",
            "",
            Struct("", {}),
            tuple(Operand(index) for index in operator.inputs),
            first,
            scratch=scratch_bytes(repeat),
            more_outputs=tuple(others),
            repeat=repeat,
        )


class DynamicUpdateSlice(Lowering):
    """Inputs: value, what stands in it from where on, where: one number for each axis."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.value, self.update, self.start = (node.input(position) for position in range(3))
        self.target = node.output()

    def check(self) -> None:
        node, rank = self.node, len(self.value.shape)
        node.require_same_type(self.value, self.update, self.target)
        node.require(DTYPE_BITS.get(self.value.dtype, 0) >= 8, f"of {self.value.label}")
        node.require_type(self.start, "int32")
        node.require(1 <= rank <= _AXES, f"{self.value.label} has {rank} axes")
        node.require(
            self.target.shape == self.value.shape, f"{self.target.label} has another shape"
        )
        node.require_elements(self.start, rank)
        fits = len(self.update.shape) == rank and all(
            n <= m for n, m in zip(self.update.shape, self.value.shape, strict=True)
        )
        node.require(fits, f"shapes do not fit: {self.update.label} and {self.value.label}")

    def lower(self) -> Call:
        missing = (1,) * (_AXES - len(self.value.shape))
        fields: dict[str, Value] = {
            "shape": missing + self.value.shape,
            "update": missing + self.update.shape,
            "axes": len(self.value.shape),
            "item_bytes": DTYPE_BITS[self.value.dtype] // 8,
        }
        return self.node.call(
            "hb_update_slice",
            "update_slice.h",
            fields,
            inputs=[self.value, self.update, self.start],
            elementwise=self.update.shape != self.value.shape,
        )


OPERATORS = {LOOP: WhileLoop, "DYNAMIC_UPDATE_SLICE": DynamicUpdateSlice}
