"""CONCATENATION, PACK: several tensors joined along an axis."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.program import Block, Move
from hilbench.engines.aot.strided import pieces
from hilbench.tflite.graph import Tensor


class Join(Lowering):
    """`target` consists of the inputs, which have these extents along `axis`."""

    axis: int
    extents: tuple[int, ...]

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.target = node.output()
        self.parts = [node.input(position) for position in range(len(node.operator.inputs))]
        self.axis = node.axis(node.integer("axis"), len(self.target.shape))

    def check(self) -> None:
        along = self.target.shape[self.axis]
        self.node.require(sum(self.extents) == along, f"parts of {list(self.extents)} into {along}")
        for part, extent in zip(self.parts, self.extents, strict=True):
            self.node.require_elements(part, self.target.elements // max(along, 1) * extent)
            self._check_quantization(part)

    def _check_quantization(self, part: Tensor) -> None:
        """Integers are joined as they are, so they must mean the same."""
        if part.dtype in ("int8", "uint8", "int16") and self.target.quantization is not None:
            self.node.require(
                part.quantization is not None
                and part.quantization.scales == self.target.quantization.scales
                and part.quantization.zero_points == self.target.quantization.zero_points,
                f"{part.label} has another scale than {self.target.label}",
            )

    def lower(self) -> Move:
        joints = pieces(self.target.shape, self.axis, self.extents)
        return self.node.move(
            [
                Block(
                    part.index,
                    self.target.index,
                    joint.shape,
                    0,
                    joint.part_strides,
                    joint.offset,
                    joint.whole_strides,
                )
                for part, joint in zip(self.parts, joints, strict=True)
            ]
        )


class Concatenation(Join):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        rank = len(self.target.shape)
        node.require(
            all(len(part.shape) == rank for part in self.parts), "inputs of different rank"
        )
        self.extents = tuple(part.shape[self.axis] for part in self.parts)

    def check(self) -> None:
        self.node.require_option("fused_activation_function", "NONE")
        super().check()


class Pack(Join):
    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.extents = (1,) * len(self.parts)

    def check(self) -> None:
        """TFLM joins as many parts as the option says, whatever is there."""
        self.node.require_option("values_count", len(self.parts))
        super().check()


OPERATORS = {"CONCATENATION": Concatenation, "PACK": Pack}
