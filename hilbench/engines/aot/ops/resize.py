"""RESIZE_NEAREST_NEIGHBOR, RESIZE_BILINEAR: pictures of another size."""

from __future__ import annotations

from hilbench.engines.aot.node import Lowering, Node
from hilbench.engines.aot.numerics import resize
from hilbench.engines.aot.program import Call, Constant, Struct, Value
from hilbench.tflite.graph import DTYPE_BITS


class Resize(Lowering):
    """Inputs: pictures NHWC, the new height and width (which the output's shape repeats)."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.source, self.target = node.input(0), node.output()
        self.corners = bool(node.option("align_corners"))
        self.half_pixels = bool(node.option("half_pixel_centers"))

    def check(self) -> None:
        node = self.node
        node.require(len(self.source.shape) == 4, f"{self.source.label} is not NHWC")
        node.require(len(self.target.shape) == 4, f"{self.target.label} is not NHWC")
        same = (self.source.shape[0], self.source.shape[3])
        node.require(
            (self.target.shape[0], self.target.shape[3]) == same
            and min(*self.source.shape, *self.target.shape) > 0,
            f"shapes do not fit: {self.source.label} and {self.target.label}",
        )
        node.require_type(self.source, "float32", "int8")
        node.require_same_type(self.source, self.target)
        if self.source.dtype == "int8":
            equal = node.affine(self.source) == node.affine(self.target)
            node.require(equal, f"{self.source.label} and {self.target.label} differ in scale")

    def size(self) -> Struct:
        batches, in_h, in_w, channels = self.source.shape
        _, out_h, out_w, _ = self.target.shape
        return Struct(
            "resize_size",
            {
                "batches": batches,
                "in_h": in_h,
                "in_w": in_w,
                "out_h": out_h,
                "out_w": out_w,
                "channels": channels,
            },
        )


class Nearest(Resize):
    def lower(self) -> Call:
        rows, columns = (
            resize.nearest(
                self.source.shape[axis], self.target.shape[axis], self.corners, self.half_pixels
            )
            for axis in (1, 2)
        )
        fields: dict[str, Value] = {
            "size": self.size(),
            "rows": Constant("rows", rows),
            "columns": Constant("columns", columns),
            "pixel_bytes": self.source.shape[3] * DTYPE_BITS[self.source.dtype] // 8,
        }
        return self.node.call("resize_nearest", "resize.h", fields, inputs=[self.source])


class Bilinear(Resize):
    def lower(self) -> Call:
        real = self.source.dtype == "float32"
        between = resize.between if real else resize.between_fixed
        (above, below, down), (left, right, along) = (
            between(
                self.source.shape[axis], self.target.shape[axis], self.corners, self.half_pixels
            )
            for axis in (1, 2)
        )
        fields: dict[str, Value] = {
            "size": self.size(),
            "row_above": Constant("rows", above),
            "row_below": Constant("rows", below),
            "column_left": Constant("columns", left),
            "column_right": Constant("columns", right),
            "row_fraction": Constant("fractions", down),
            "column_fraction": Constant("fractions", along),
        }
        kernel = f"resize_bilinear_{'f32' if real else 's8'}"
        return self.node.call(kernel, "resize.h", fields, inputs=[self.source])


OPERATORS = {"RESIZE_NEAREST_NEIGHBOR": Nearest, "RESIZE_BILINEAR": Bilinear}
