"""The operators that bench_kernels.py times: shapes, and the calls that compile to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hilbench.engines.aot.node import Node
from hilbench.engines.aot.numerics.blocks import COLUMNS
from hilbench.engines.aot.numerics.elementwise import requantize_s8
from hilbench.engines.aot.ops.arithmetic import Arithmetic
from hilbench.engines.aot.ops.batch_matmul import BatchMatmul
from hilbench.engines.aot.ops.binary import Div
from hilbench.engines.aot.ops.conv_2d import Conv2D, DepthwiseConv2D
from hilbench.engines.aot.ops.fully_connected import FullyConnected
from hilbench.engines.aot.ops.pool_2d import Pool2D
from hilbench.engines.aot.ops.quantize import Quantize
from hilbench.engines.aot.ops.sigmoid import Sigmoid
from hilbench.engines.aot.ops.softmax import Softmax
from hilbench.engines.aot.program import Call, Constant, Value
from hilbench.tflite.graph import Graph, Operator, OptionValue, Quantization, Tensor

ELEMENTS = 256
RNG = np.random.default_rng(1)
DENSE = [
    (1, 64, 32),
    (1, 64, 64),
    (1, 256, 32),
    (1, 256, 64),
    (1, 128, 128),
    (1, 128, 640),
    (8, 64, 64),
]
SPARSE, SHARES = [(96, 8), (96, 16), (96, 32), (64, 64), (64, 256)], (0.125, 0.25)
DENSE_F32 = [
    *(shape for shape in DENSE if shape != (1, 128, 640)),  # which all fit in RAM
    (1, 1, 64),
    (1, 2, 64),
    (1, 10, 64),
    (1, 60, 20),
    (1, 100, 33),
    (3, 15, 33),
]
# height and width, channels in and out, height and width of the filter, stride
CONVOLUTIONS = [
    (16, 16, 16, 16, 3, 3, 1),
    (12, 12, 32, 32, 3, 3, 1),
    (12, 12, 64, 64, 1, 1, 1),
    (14, 14, 8, 16, 3, 3, 1),
    (32, 32, 3, 16, 3, 3, 1),
    (28, 28, 1, 8, 3, 3, 1),
    (49, 10, 1, 64, 10, 4, 2),
]
# height and width, channels in and out, height and width of the filter
CONVOLUTIONS_F32 = [
    (16, 16, 16, 3),
    (12, 32, 32, 1),
    (16, 1, 8, 3),
    (16, 3, 12, 3),
    (16, 10, 20, 3),
    (12, 20, 30, 1),
    (16, 12, 1, 3),
]
DEPTHWISE_F32 = [(16, 16, 1), (24, 32, 2), (6, 64, 1), (16, 12, 1)]
DEPTHWISE = [
    (48, 48, 8, 8, 3, 3, 1),
    (25, 5, 64, 64, 3, 3, 1),
    (24, 24, 32, 32, 3, 3, 2),
    (6, 6, 128, 128, 3, 3, 1),
    (3, 3, 256, 256, 3, 3, 1),
    (12, 12, 32, 32, 5, 5, 1),
    (12, 12, 32, 32, 5, 5, 2),
    (64, 1, 32, 32, 9, 1, 1),
]
DILATED = [(16, 16, 16, 16, 3, 3, 1), (1, 64, 32, 32, 1, 3, 1)]  # by 2
WHOLE = [(9, 1, 64, 64, 9, 1, 1), (3, 3, 256, 256, 3, 3, 1), (5, 5, 128, 128, 5, 5, 1)]
"""One window each: depthwise convolutions of streams, and the last ones of small networks."""


@dataclass(frozen=True)
class Variant:
    """A call, and whether its operands are float."""

    call: Call
    is_float: bool = False


@dataclass(frozen=True)
class Case:
    """The same operator by one or two kernels; `units` are its MACs or elements."""

    name: str
    units: int
    variants: tuple[Variant, ...]


def cases() -> list[Case]:
    return [
        *dense_s8(False),
        *dense_s8(True),
        *in_blocks("int8"),
        *in_blocks("float32"),
        *convolutions_s8(),
        *pools("int8"),
        *pools("float32"),
        *elementwise_s8(),
        *matrices("int8"),
        *matrices("float32"),
        *arithmetic_f32(),
        *dense_f32(),
        *convolutions_f32(),
        *depthwise_f32(),
        *curves_f32(),
    ]


def dense_s8(per_channel: bool) -> Iterator[Case]:
    for batches, rows, columns in DENSE:
        weights = np.clip(RNG.normal(0, 25, (rows, columns)), -127, 127).astype(np.int8)
        bias = RNG.integers(-2000, 2000, rows).astype(np.int32)
        scales = np.full(rows if per_channel else 1, 0.01)
        lowering = FullyConnected(
            node(
                "FULLY_CONNECTED",
                [
                    tensor((batches, columns), "int8", 0.02, 3),
                    tensor(weights.shape, "int8", scales, 0, weights),
                    tensor(bias.shape, "int32", 0.0002, 0, bias),
                ],
                [tensor((batches, rows), "int8", 0.01 * np.sqrt(columns), -5)],
                {"fused_activation_function": "NONE", "weights_format": 0},
            )
        )
        name = f"FULLY_CONNECTED int8 {rows}x{columns}"
        name += f", {batches} inputs" if batches > 1 else ""
        name += " per channel" if per_channel else ""
        yield Case(name, batches * rows * columns, variants(lowering.packed(), lowering.plain()))


def in_blocks(dtype: str) -> Iterator[Case]:
    """The product of weights that are zeros but for a share of their blocks, beside a dense one."""
    for rows, columns in SPARSE:
        for share in SHARES:
            kept = np.arange(rows * columns // COLUMNS) < share * (rows * columns // COLUMNS)
            kept = np.repeat(RNG.permutation(kept), COLUMNS).reshape(rows, columns)
            weights = np.where(kept, RNG.normal(0, 25, (rows, columns)).clip(-127, 127), 0)
            is_float = dtype == "float32"
            operator = node(
                "FULLY_CONNECTED",
                [
                    tensor((1, columns), dtype, 0.02, 3),
                    tensor(weights.shape, dtype, 0.01, 0, weights.astype(dtype)),
                ],
                [tensor((1, rows), dtype, 0.01 * np.sqrt(columns), -5)],
                {"fused_activation_function": "NONE", "weights_format": 0},
            )
            lowering = FullyConnected(operator)
            dense = lowering.dense_f32() if is_float else lowering.packed()
            calls = [call for call in (lowering.in_blocks(), dense) if call is not None]
            name = f"FULLY_CONNECTED {dtype} {rows}x{columns}, {share:.0%} of the blocks"
            yield Case(name, rows * columns, tuple(Variant(call, is_float) for call in calls))


def convolutions_s8() -> Iterator[Case]:
    for depthwise, shapes in ((False, CONVOLUTIONS), (True, DEPTHWISE)):
        for shape in shapes:
            yield convolution_s8(depthwise, shape)
    for shape in DILATED:
        yield convolution_s8(True, shape, dilation=2)
    for shape in WHOLE:
        yield convolution_s8(True, shape, "VALID")


def convolution_s8(
    depthwise: bool, shape: Sequence[int], padding: str = "SAME", dilation: int = 1
) -> Case:
    height, width, channels_in, channels, filter_h, filter_w, stride = shape
    seen = 1 if depthwise else channels_in
    filters = (filter_h, filter_w)
    weights = np.clip(RNG.normal(0, 25, (channels, *filters, seen)), -127, 127).astype(np.int8)
    if depthwise:
        weights = weights.transpose(3, 1, 2, 0)
    bias = RNG.integers(-2000, 2000, channels).astype(np.int32)
    outputs = (-(-height // stride), -(-width // stride)) if padding == "SAME" else (1, 1)
    products = filter_h * filter_w * seen
    name = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
    options: dict[str, OptionValue] = {
        "padding": padding,
        "fused_activation_function": "NONE",
        **dict.fromkeys(("stride_h", "stride_w"), stride),
        **dict.fromkeys(("dilation_h_factor", "dilation_w_factor"), dilation),
        "depth_multiplier": 1,
    }
    lowering = (DepthwiseConv2D if depthwise else Conv2D)(
        node(
            name,
            [
                tensor((1, height, width, channels_in), "int8", 0.02, -128),
                tensor(weights.shape, "int8", np.full(channels, 0.01), 0, weights),
                tensor(bias.shape, "int32", 0.0002, 0, bias),
            ],
            [tensor((1, *outputs, channels), "int8", 0.01 * np.sqrt(products), -5)],
            options,
        )
    )
    title = f"{name} int8 {filter_h}x{filter_w} {channels_in}->{channels}, {height}x{width}"
    title += f" stride {stride}" if stride > 1 else ""
    title += f" dilation {dilation}" if dilation > 1 else ""
    title += " whole" if padding == "VALID" else ""
    units = int(np.prod(outputs)) * channels * products
    return Case(title, units, variants(lowering.fast(), lowering.plain()))


def elementwise_s8() -> Iterator[Case]:
    one = (1, ELEMENTS)
    a, b, out = (tensor(one, "int8", scale, 3) for scale in (0.0213, 0.0307, 0.0391))
    options: dict[str, OptionValue] = {"fused_activation_function": "NONE"}
    for name, target in (("ADD", out), ("MUL", tensor(one, "int8", 0.03, -4))):
        lowering = Arithmetic(node(name, [a, b], [target], options))
        yield Case(f"{name} int8", ELEMENTS, variants(lowering.fast(), lowering.plain()))
    divide = node("DIV", [a, b], [tensor(one, "int8", 0.03, -4)], options)
    yield Case("DIV int8", ELEMENTS, variants(Div(divide).lower()))
    quantize = Quantize(node("QUANTIZE", [a], [out], {}))
    plain = requantize_s8(quantize.node.affine(a), quantize.node.affine(out))
    slow = quantize.node.unary("requantize_s8", "quantize.h", {"count": ELEMENTS, **vars(plain)})
    yield Case("QUANTIZE int8", ELEMENTS, variants(quantize.lower(), slow))
    target = tensor(one, "int8", 1 / 128, 0)
    yield Case("TANH int8", ELEMENTS, variants(Sigmoid(node("TANH", [a], [target], {})).lower()))
    table = Constant("outputs", RNG.integers(-128, 128, 256).astype(np.int8))
    count: dict[str, Value] = {"count": ELEMENTS, "table": table}
    looked_up = node("ABS", [a], [out], {}).unary("lut_s8", "lut.h", count)
    yield Case("any function of one int8", ELEMENTS, variants(looked_up))
    target = tensor(one, "int8", 1 / 256, -128)
    softmax = Softmax(node("SOFTMAX", [a], [target], {"beta": 1.0}))
    yield Case("SOFTMAX int8", ELEMENTS, variants(softmax.lower()))


def pools(dtype: str) -> Iterator[Case]:
    is_float = dtype == "float32"
    for name, size, channels, width in (
        ("MAX_POOL_2D", (24, 24), 16, (2, 2)),
        ("AVERAGE_POOL_2D", (24, 24), 16, (2, 2)),
        ("AVERAGE_POOL_2D", (25, 5), 64 // (2 if is_float else 1), (25, 5)),
    ):
        outputs = tuple(n // of for n, of in zip(size, width, strict=True))
        options: dict[str, OptionValue] = {
            "padding": "VALID",
            "fused_activation_function": "NONE",
            **dict(zip(("filter_height", "filter_width"), width, strict=True)),
            **dict(zip(("stride_h", "stride_w"), width, strict=True)),
        }
        source = tensor((1, *size, channels), dtype, 0.02, 3)
        target = tensor((1, *outputs, channels), dtype, 0.02, 3)
        call = Pool2D(node(name, [source], [target], options)).lower()
        title = f"{name} {dtype} {width[0]}x{width[1]} {channels}, {size[0]}x{size[1]}"
        yield Case(title, source.elements, (Variant(call, is_float),))


def matrices(dtype: str) -> Iterator[Case]:
    """Those of attention: queries by keys, which are turned, and shares by values."""
    rows, depth = 16, 64
    for turned in (True, False):
        inner, columns = (depth, rows) if turned else (rows, depth)
        b = (rows, depth) if turned else (inner, columns)
        operator = node(
            "BATCH_MATMUL",
            [tensor((1, rows, inner), dtype, 0.02, 3), tensor((1, *b), dtype, 0.03, -5)],
            [tensor((1, rows, columns), dtype, 0.2, 0)],
            {"adj_x": False, "adj_y": turned},
        )
        name = f"BATCH_MATMUL {dtype} {rows}x{inner} by {inner}x{columns}"
        name += ", turned" if turned else ""
        call = BatchMatmul(operator).lower()
        is_float = dtype == "float32"
        yield Case(name, rows * inner * columns, (Variant(call, is_float),))


def arithmetic_f32() -> Iterator[Case]:
    one = (1, ELEMENTS)
    for name in ("ADD", "MUL"):
        operands = [tensor(one, "float32"), tensor(one, "float32")]
        options: dict[str, OptionValue] = {"fused_activation_function": "NONE"}
        call = Arithmetic(node(name, operands, [tensor(one, "float32")], options)).lower()
        yield Case(f"{name} float", ELEMENTS, (Variant(call, is_float=True),))


def dense_f32() -> Iterator[Case]:
    for batches, rows, columns in DENSE_F32:
        weights = RNG.normal(0, 0.1, (rows, columns)).astype(np.float32)
        bias = RNG.normal(0, 0.1, rows).astype(np.float32)
        inputs = [
            tensor((batches, columns), "float32"),
            tensor(weights.shape, "float32", data=weights),
            tensor(bias.shape, "float32", data=bias),
        ]
        output = tensor((batches, rows), "float32")
        options: dict[str, OptionValue] = {"fused_activation_function": "NONE", "weights_format": 0}
        call = FullyConnected(node("FULLY_CONNECTED", inputs, [output], options)).lower()
        name = f"FULLY_CONNECTED float {rows}x{columns}"
        name += f", {batches} inputs" if batches > 1 else ""
        yield Case(name, batches * rows * columns, (Variant(call, is_float=True),))


def convolutions_f32() -> Iterator[Case]:
    """Of filters 3x3 with padding SAME, and 1x1."""
    for size, channels_in, channels, width in CONVOLUTIONS_F32:
        weights = RNG.normal(0, 0.1, (channels, width, width, channels_in)).astype(np.float32)
        inputs = [
            tensor((1, size, size, channels_in), "float32"),
            tensor(weights.shape, "float32", data=weights),
        ]
        output = tensor((1, size, size, channels), "float32")
        options: dict[str, OptionValue] = {
            "padding": "SAME",
            "fused_activation_function": "NONE",
            **dict.fromkeys(("stride_h", "stride_w"), 1),
            **dict.fromkeys(("dilation_h_factor", "dilation_w_factor"), 1),
        }
        call = Conv2D(node("CONV_2D", inputs, [output], options)).lower()
        name = f"CONV_2D float {width}x{width} {channels_in}->{channels}, {size}x{size}"
        yield Case(name, size * size * weights.size, (Variant(call, is_float=True),))


def depthwise_f32() -> Iterator[Case]:
    """Of filters 3x3 with padding SAME."""
    for size, channels, stride in DEPTHWISE_F32:
        weights = RNG.normal(0, 0.1, (1, 3, 3, channels)).astype(np.float32)
        bias = RNG.normal(0, 0.1, channels).astype(np.float32)
        inputs = [
            tensor((1, size, size, channels), "float32"),
            tensor(weights.shape, "float32", data=weights),
            tensor(bias.shape, "float32", data=bias),
        ]
        out = -(-size // stride)
        options: dict[str, OptionValue] = {
            "padding": "SAME",
            "fused_activation_function": "RELU6",
            **dict.fromkeys(("stride_h", "stride_w"), stride),
            **dict.fromkeys(("dilation_h_factor", "dilation_w_factor", "depth_multiplier"), 1),
        }
        output = tensor((1, out, out, channels), "float32")
        call = DepthwiseConv2D(node("DEPTHWISE_CONV_2D", inputs, [output], options)).lower()
        name = f"DEPTHWISE_CONV_2D float 3x3 {channels}->{channels}, {size}x{size}"
        name += f" stride {stride}" if stride > 1 else ""
        yield Case(name, out * out * weights.size, (Variant(call, is_float=True),))


def curves_f32() -> Iterator[Case]:
    one = (1, ELEMENTS)
    for name in ("LOGISTIC", "TANH"):
        operator = node(name, [tensor(one, "float32")], [tensor(one, "float32")], {})
        call = Sigmoid(operator).lower()
        yield Case(f"{name} float", ELEMENTS, (Variant(call, is_float=True),))


def variants(*calls: Call | None) -> tuple[Variant, ...]:
    return tuple(Variant(call) for call in calls if call is not None)


def tensor(
    shape: tuple[int, ...],
    dtype: str,
    scale: float | np.ndarray | None = None,
    zero_point: int = 0,
    data: np.ndarray | None = None,
) -> Tensor:
    """A tensor without a number: `node` gives it one."""
    quantization = None
    if scale is not None:
        scales = tuple(float(s) for s in np.atleast_1d(np.float32(scale)))
        quantization = Quantization(scales, (zero_point,) * len(scales), 0)
    return Tensor(-1, "", shape, dtype, quantization, data)


def node(
    name: str, inputs: list[Tensor], outputs: list[Tensor], options: dict[str, OptionValue]
) -> Node:
    """An operator alone in its graph."""
    tensors = tuple(
        Tensor(i, f"t{i}", t.shape, t.dtype, t.quantization, t.data)
        for i, t in enumerate((*inputs, *outputs))
    )
    places = range(len(inputs)), range(len(inputs), len(tensors))
    operator = Operator(0, name, tuple(places[0]), tuple(places[1]), options)
    fed = tuple(t.index for t in tensors[: len(inputs)] if t.data is None)
    return Node(Graph(tensors, (operator,), fed, tuple(places[1])), operator)
