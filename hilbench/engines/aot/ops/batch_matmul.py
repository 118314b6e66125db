"""BATCH_MATMUL: products of matrices, one for each batch."""

from __future__ import annotations

from collections.abc import Mapping

from hilbench.core.errors import Unsupported
from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics.fixed_point import quantize_multiplier
from hilbench.engines.aot.numerics.packed import scratch_bytes
from hilbench.engines.aot.numerics.rounded import rounded
from hilbench.engines.aot.numerics.strides import contiguous_strides
from hilbench.engines.aot.numerics.wide import SUM_LIMIT, wide_factor
from hilbench.engines.aot.program import Call, Struct, Value
from hilbench.tflite.graph import Tensor

_BATCH_AXES = 3
_SUM_BITS = 30  # as firmware/kernels/fixed_point.h says of rescale


class BatchMatmul(Lowering):
    """Inputs: a (..., rows, depth), b (..., depth, columns), either perhaps transposed."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.a, self.b, self.target = node.input(0), node.input(1), node.output()
        for tensor in (self.a, self.b):
            node.require(len(tensor.shape) >= 2, f"{tensor.label} is not a matrix")
        self.turned = bool(node.option("adj_x")), bool(node.option("adj_y"))
        self.rows, self.depth = self._matrix(self.a, self.turned[0])
        self.inner, self.columns = self._matrix(self.b, self.turned[1])

    @staticmethod
    def _matrix(tensor: Tensor, turned: bool) -> tuple[int, int]:
        first, second = tensor.shape[-2:]
        return (second, first) if turned else (first, second)

    def check(self) -> None:
        node = self.node
        node.require_type(self.a, "float32", "int8", "int16")
        node.require_same_type(self.a, self.b, self.target)
        node.require(self.depth == self.inner, f"{self.a.label} times {self.b.label}")
        batches = self._batches()
        node.require_elements(
            self.target, batches[0] * batches[1] * batches[2] * self.rows * self.columns
        )
        if self.a.dtype == "int8":
            node.require(self.depth * 255 * 255 < 1 << _SUM_BITS, f"sums over {self.depth}")
        if self.a.dtype == "int16":
            node.require(self.depth << _SUM_BITS < SUM_LIMIT, f"sums over {self.depth}")

    def _leading(self, tensor: Tensor) -> tuple[int, ...]:
        leading = tensor.shape[:-2]
        self.node.require(len(leading) <= _BATCH_AXES, f"{tensor.label} has too many axes")
        return (1,) * (_BATCH_AXES - len(leading)) + leading

    def _batches(self) -> tuple[int, ...]:
        found = []
        for m, n in zip(self._leading(self.a), self._leading(self.b), strict=True):
            if m != n and 1 not in (m, n):
                raise Unsupported(f"batches do not fit: {self.a.label} and {self.b.label}")
            found.append(max(m, n) if min(m, n) else 0)
        return tuple(found)

    def _batch_strides(self, tensor: Tensor) -> tuple[int, ...]:
        matrix = tensor.shape[-2] * tensor.shape[-1]
        dense = contiguous_strides(self._leading(tensor), matrix)
        pairs = zip(self._leading(tensor), dense, strict=True)
        return tuple(0 if n == 1 else stride for n, stride in pairs)

    def _shape(self) -> Struct:
        row, depth = (1, self.rows) if self.turned[0] else (self.depth, 1)
        inner, column = (1, self.depth) if self.turned[1] else (self.columns, 1)
        return Struct(
            "batch_matmul_shape",
            {
                "batches": self._batches(),
                "batch_stride_a": self._batch_strides(self.a),
                "batch_stride_b": self._batch_strides(self.b),
                "rows": self.rows,
                "depth": self.depth,
                "columns": self.columns,
                "row_stride_a": row,
                "depth_stride_a": depth,
                "depth_stride_b": inner,
                "column_stride_b": column,
            },
        )

    def lower(self) -> Call:
        if self.a.dtype == "float32":
            return self._call("f32", {})
        a, b, out = (self.node.affine(t) for t in (self.a, self.b, self.target))
        if self.a.dtype == "int16":
            return self._call("s16", vars(wide_factor(a.scale * b.scale / out.scale)))
        multiplier, shift = quantize_multiplier(a.scale * b.scale / out.scale)
        zeros = {"zero_point_a": a.zero_point, "zero_point_b": b.zero_point}
        fast = rounded(multiplier, shift, out.zero_point)
        if fast is not None and not self.turned[0]:
            return self._call("rounded_s8", vars(fast) | zeros, scratch_bytes(self.depth))
        factor = {"multiplier": multiplier, "shift": shift, "zero_point_out": out.zero_point}
        return self._call("s8", factor | zeros)

    def _call(self, suffix: str, constants: Mapping[str, Value], scratch: int = 0) -> Call:
        fields: dict[str, Value] = {"shape": self._shape(), **constants}
        inputs = [self.a, self.b]
        return self.node.call(
            f"batch_matmul_{suffix}", "batch_matmul.h", fields, inputs=inputs, scratch=scratch
        )


OPERATORS = {"BATCH_MATMUL": BatchMatmul}
