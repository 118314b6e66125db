"""What convolutions and pooling have in common: a window over height and width."""

from __future__ import annotations

from copy import copy

from hilbench.engines.aot.node import Node
from hilbench.engines.aot.numerics.window import output_and_padding
from hilbench.engines.aot.program import Struct
from hilbench.tflite.graph import Tensor

EXPLICIT = "EXPLICIT"
"""Padding of the compiler's own, whose size and that of the output are options."""


class SlidingWindow:
    """A window of `filter_shape` over an NHWC tensor; pairs are (height, width)."""

    def __init__(
        self,
        node: Node,
        source: Tensor,
        target: Tensor,
        filter_shape: tuple[int, int],
        dilation: tuple[int, int],
    ) -> None:
        self.node, self.source, self.target = node, source, target
        self.filter_shape, self.dilation = filter_shape, dilation
        self.stride = node.integer("stride_h"), node.integer("stride_w")
        node.require(len(source.shape) == 4 and source.elements > 0, f"{source.label} is not NHWC")
        node.require(
            min(*filter_shape, *dilation, *self.stride) > 0,
            f"filter {filter_shape}, stride {self.stride}, dilation {dilation}",
        )
        self.size = source.shape[1], source.shape[2]
        rows, columns = (self._output_and_padding(axis) for axis in (0, 1))
        self.output = rows[0], columns[0]
        self.padding = rows[1], columns[1]
        self._expected = (source.shape[0], *self.output)
        # Pixels that a row and a column of a tensor are apart.
        self.in_steps, self.out_steps = (self.size[1], 1), (self.output[1], 1)
        # A column lies in memory like a row, of which kernels compute several outputs at once; of a
        # dilated one some cannot.
        is_column = source.shape[2] == filter_shape[1] == 1 and dilation[0] == 1
        if is_column and node.text("padding") != EXPLICIT:
            self._turn()

    def _output_and_padding(self, axis: int) -> tuple[int, int]:
        node, padding = self.node, self.node.text("padding")
        if padding == EXPLICIT:
            letter = "hw"[axis]
            return node.integer(f"out_{letter}"), node.integer(f"pad_{letter}")
        return output_and_padding(
            self.size[axis],
            self.filter_shape[axis],
            self.stride[axis],
            self.dilation[axis],
            padding,
        )

    def turned(self) -> SlidingWindow:
        """The same with rows for columns."""
        other = copy(self)
        other._turn()
        return other

    def _turn(self) -> None:
        names = "size", "filter_shape", "stride", "dilation", "output", "padding"
        for name in (*names, "in_steps", "out_steps"):
            rows, columns = getattr(self, name)
            setattr(self, name, (columns, rows))

    def folded(self) -> SlidingWindow:
        """A row, or column, whose windows see every nth pixel as an image of n columns, which lies
        in memory alike; where rows are no whole ones of n pixels, it stays as it is."""
        row = self.turned() if self.size[1] == self.filter_shape[1] == 1 else self
        columns = row.dilation[1]
        lengths = row.size[1], row.output[1], row.padding[1]
        is_row = row.size[0] == row.filter_shape[0] == row.stride[1] == 1
        if not is_row or columns == 1 or any(length % columns for length in lengths):
            return self
        folded = copy(row)
        folded.size = row.size[1] // columns, columns
        folded.output = row.output[1] // columns, columns
        folded.padding = row.padding[1] // columns, 0
        folded.filter_shape = row.filter_shape[1], 1
        folded.stride = folded.dilation = 1, 1
        folded.in_steps = folded.out_steps = columns, 1
        return folded

    def spread(self) -> SlidingWindow:
        """Without a dilation of columns: as wide as what it sees."""
        other = copy(self)
        other.filter_shape = self.filter_shape[0], (self.filter_shape[1] - 1) * self.dilation[1] + 1
        other.dilation = self.dilation[0], 1
        return other

    def check(self, channels: int) -> None:
        """Raise Unsupported unless the target has this many channels and the right size."""
        expected = (*self._expected, channels)
        self.node.require(
            self.target.shape == expected, f"{self.target.label} should be {list(expected)}"
        )

    def is_padded(self) -> bool:
        """Whether some output sees positions outside of the source."""
        reach = (
            (outputs - 1) * stride + (span - 1) * dilation
            for outputs, stride, span, dilation in zip(
                self.output, self.stride, self.filter_shape, self.dilation, strict=True
            )
        )
        ends = any(last >= size for last, size in zip(reach, self.size, strict=True))
        return ends or any(self.padding)

    def struct(self) -> Struct:
        """The parameters as `struct window`."""
        in_h, in_w = self.size
        return Struct(
            "window",
            {
                "batches": self.source.shape[0],
                "in_h": in_h,
                "in_w": in_w,
                "out_h": self.output[0],
                "out_w": self.output[1],
                "filter_h": self.filter_shape[0],
                "filter_w": self.filter_shape[1],
                "stride_h": self.stride[0],
                "stride_w": self.stride[1],
                "dilation_h": self.dilation[0],
                "dilation_w": self.dilation[1],
                "pad_h": self.padding[0],
                "pad_w": self.padding[1],
            },
        )
