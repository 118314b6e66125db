"""SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND: every n-th position of an axis becomes a batch.

Seen from the wide tensor (batch, positions..., rest) with its border, the deep one has position
i * n + b at position i of batch b, counted over all blocks, the batches of the wide one fastest.
"""

from __future__ import annotations

from itertools import product
from math import prod

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.strides import contiguous_strides
from hilbench.engines.aot.program import Block, Move


class SpaceBatch(Lowering):
    """Inputs: value, a block's length along each axis from 1 on, what stands before and after.

    The border stands for 0, as in TensorFlow Lite; BATCH_TO_SPACE_ND drops it. TFLM leaves its int8
    value unset.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        self.lengths = node.constant_integers(1)
        border = node.constant_integers(2)
        node.require(len(border) == 2 * len(self.lengths), "a border of other axes")
        self.before, self.after = border[::2], border[1::2]
        self.spreads = node.operator.name == "SPACE_TO_BATCH_ND"
        self.wide, self.deep = self.source, self.target
        if not self.spreads:
            self.wide, self.deep = self.deep, self.wide

    def check(self) -> None:
        node, axes = self.node, len(self.lengths)
        node.require_same_type(self.source, self.target)
        node.require(len(self.wide.shape) > axes, f"{self.wide.label} has too few axes")
        node.require(min(self.lengths, default=1) > 0, f"blocks of {list(self.lengths)}")
        node.require(min((*self.before, *self.after), default=0) >= 0, "a negative border")
        batches, *sizes = self.wide.shape
        padded = [b + n + a for b, n, a in zip(self.before, sizes, self.after, strict=False)]
        node.require(
            all(n % length == 0 for n, length in zip(padded, self.lengths, strict=True)),
            f"blocks of {list(self.lengths)} do not fit {padded}",
        )
        spans = [n // length for n, length in zip(padded, self.lengths, strict=True)]
        expected = (batches * prod(self.lengths), *spans, *sizes[axes:])
        node.require(self.deep.shape == expected, f"{self.deep.label} should be {list(expected)}")
        if self.source.dtype == "int8":
            same = node.affine(self.source) == node.affine(self.target)
            node.require(same, f"{self.source.label} and {self.target.label} differ in scale")

    def lower(self) -> Move:
        numbers = enumerate(product(*(range(length) for length in self.lengths)))
        blocks = [block for n, parts in numbers for block in self._blocks(n, parts)]
        return self.node.move(blocks, fill=self.node.zero(self.target) if self.spreads else b"")

    def _blocks(self, number: int, parts: tuple[int, ...]) -> list[Block]:
        """What one position of each block becomes; nothing where all of it is border."""
        axes = len(self.lengths)
        batches, *sizes = self.wide.shape
        wide, deep = contiguous_strides(self.wide.shape), contiguous_strides(self.deep.shape)
        counts, wide_at, deep_at = [batches], 0, number * batches * deep[0]
        for axis in range(axes):
            length, before = self.lengths[axis], self.before[axis]
            first = max(-((parts[axis] - before) // length), 0)  # that is not border
            position = first * length + parts[axis] - before
            counts.append(max(-((position - sizes[axis]) // length), 0))
            wide_at += position * wide[1 + axis]
            deep_at += first * deep[1 + axis]
        shape = (*counts, *sizes[axes:])
        if 0 in shape:
            return []
        steps = tuple(s * n for s, n in zip(wide[1:], self.lengths, strict=False))
        wide_steps = (wide[0], *steps, *wide[1 + axes :])
        source, target = self.wide.index, self.deep.index
        if self.spreads:
            return [Block(source, target, shape, wide_at, wide_steps, deep_at, deep)]
        return [Block(target, source, shape, deep_at, deep, wide_at, wide_steps)]


OPERATORS = {"SPACE_TO_BATCH_ND": SpaceBatch, "BATCH_TO_SPACE_ND": SpaceBatch}
