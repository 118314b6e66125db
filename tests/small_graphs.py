"""Small graphs of several operators, shaped like what the converter makes of RNNs and CNNs.

Each returns the bytes of a .tflite; weights come from a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from tflite_builder import Op, Spec, model

WEIGHT_SCALE = 0.01


class GraphBuilder:
    """Collects tensors and operators in one element type, float32 or int8.

    Every int8 tensor gets a scale and zero point of its own, unless told.
    """

    def __init__(self, dtype: str, seed: int = 0) -> None:
        self.dtype = dtype
        self.rng = np.random.default_rng(seed)
        self.specs: list[Spec] = []
        self.operators: list[Op] = []

    def tensor(self, shape: Sequence[int], like: int | None = None, scale: float = 0.02) -> int:
        """An activation; `like` another tensor, or with a zero point of its own."""
        if self.dtype == "float32":
            return self.add(Spec(tuple(shape)))
        if like is not None:
            other = self.specs[like]
            return self.add(Spec(tuple(shape), "int8", other.scale, other.zero_point))
        zero_point = int(self.rng.integers(-20, 20))
        jitter = scale * float(self.rng.uniform(0.8, 1.25))
        return self.add(Spec(tuple(shape), "int8", jitter, zero_point))

    def weights(self, shape: Sequence[int]) -> int:
        data = self.rng.integers(-127, 128, tuple(shape))
        if self.dtype == "float32":
            return self.add(Spec(tuple(shape), data=(data * WEIGHT_SCALE).astype(np.float32)))
        return self.add(Spec(tuple(shape), "int8", WEIGHT_SCALE, data=data.astype(np.int8)))

    def bias(self, length: int, source: int) -> int:
        """A bias with the scale that it must have beside weights and this input."""
        data = self.rng.integers(-500, 500, length)
        if self.dtype == "float32":
            return self.add(Spec((length,), data=(data * 1e-3).astype(np.float32)))
        scale = float(np.float32(self.specs[source].scale) * np.float32(WEIGHT_SCALE))
        return self.add(Spec((length,), "int32", scale, data=data.astype(np.int32)))

    def integers(self, *values: int) -> int:
        """An int32 constant; a scalar if it is one value."""
        data = np.array(values if len(values) > 1 else values[0], np.int32)
        return self.add(Spec(data.shape, "int32", data=data))

    def fixed(self, shape: Sequence[int], scale: float, zero_point: int) -> int:
        """An activation whose quantization the operator prescribes."""
        if self.dtype == "float32":
            return self.add(Spec(tuple(shape)))
        return self.add(Spec(tuple(shape), "int8", scale, zero_point))

    def typed(self, dtype: str, shape: Sequence[int]) -> int:
        """An activation of another type, without scale."""
        return self.add(Spec(tuple(shape), dtype))

    def per_channel_weights(self, shape: Sequence[int]) -> int:
        """int8 weights with a scale for each row."""
        data = self.rng.integers(-127, 128, tuple(shape)).astype(np.int8)
        scales = WEIGHT_SCALE * self.rng.uniform(0.5, 2.0, shape[0])
        return self.add(Spec(tuple(shape), "int8", list(scales), data=data))

    def op(self, name: str, inputs: Sequence[int], *outputs: int, **options: int | str) -> int:
        """Append an operator; returns its first output."""
        self.operators.append(Op(name, inputs, outputs, options))
        return outputs[0]

    def build(self, inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
        return model(self.specs, self.operators, inputs, outputs)

    def add(self, spec: Spec) -> int:
        self.specs.append(spec)
        return len(self.specs) - 1


def simple_rnn(dtype: str, steps: int = 5, features: int = 3, units: int = 6) -> bytes:
    """An unrolled SimpleRNN and a dense layer; all input projections come first."""
    g = GraphBuilder(dtype)
    source = g.tensor((1, steps, features))
    rows = g.op(
        "RESHAPE", [source, g.integers(steps, 1, features)], g.tensor((steps, 1, features), source)
    )
    xs = [g.tensor((1, features), source) for _ in range(steps)]
    g.op("UNPACK", [rows], *xs, num=steps, axis=0)
    kernel, recurrent = g.weights((units, features)), g.weights((units, units))
    bias = g.bias(units, source)
    projected = [g.op("FULLY_CONNECTED", [x, kernel, bias], g.tensor((1, units))) for x in xs]
    state_like = g.tensor((1, units), scale=0.008)
    states: list[int] = []
    for z_x in projected:
        z = z_x
        if states:
            fed_back = g.op("FULLY_CONNECTED", [states[-1], recurrent, -1], g.tensor((1, units)))
            z = g.op("ADD", [z, fed_back], g.tensor((1, units)))
        h = g.op("TANH", [z], g.fixed((1, units), 1 / 128, 0))
        if dtype == "int8":
            h = g.op("QUANTIZE", [h], g.tensor((1, units), state_like))
        states.append(h)
    packed = g.op(
        "PACK", states, g.tensor((steps, 1, units), states[0]), values_count=steps, axis=0
    )
    batch = g.op(
        "RESHAPE", [packed, g.integers(1, steps, units)], g.tensor((1, steps, units), packed)
    )
    dense = g.weights((features, units))
    out = g.op(
        "FULLY_CONNECTED", [batch, dense, -1], g.tensor((1, steps, features)), keep_num_dims=1
    )
    return g.build([source], [out])


def stateful_cell(
    steps: int = 0, features: int = 3, units: int = 6, zero: int = 0, in_float: float | None = None
) -> bytes:
    """An int8 cell h = gate(z) h + tanh(z), z = W x + U h, whose state is a variable.

    With `steps`, the same cell unrolled over a sequence (1, steps, features). With `in_float` the
    variable is float, and what is read of it has this scale; `zero` is the state's zero point.
    """
    g = GraphBuilder("int8", seed=5)
    state = Spec((1, units), "int8", 1 / 64, zero)
    kernel, recurrent, bias = g.weights((units, features)), g.weights((units, units)), None

    def cell(x: int, h: int) -> int:
        nonlocal bias
        bias = g.bias(units, x) if bias is None else bias
        given = g.op("FULLY_CONNECTED", [x, kernel, bias], g.fixed((1, units), 0.02, 3))
        back = g.op("FULLY_CONNECTED", [h, recurrent, -1], g.fixed((1, units), 0.01, -5))
        z = g.op("ADD", [given, back], g.fixed((1, units), 0.02, 1))
        gate = g.op("LOGISTIC", [z], g.fixed((1, units), 1 / 256, -128))
        new = g.op("TANH", [z], g.fixed((1, units), 1 / 128, 0))
        kept = g.op("MUL", [gate, h], g.fixed((1, units), 1 / 64, 0))
        return g.op("ADD", [kept, new], g.add(state))

    if not steps:
        x = g.fixed((1, features), 0.02, 7)
        held = state if in_float is None else Spec((1, units), "float32")
        handle, before = g.typed("resource", ()), g.add(held)
        g.op("VAR_HANDLE", [], handle, container="", shared_name="h")
        g.op("READ_VARIABLE", [handle], before)
        if in_float is not None:
            before = g.op("QUANTIZE", [before], g.add(replace(state, scale=in_float)))
        written = after = cell(x, before)
        if in_float is not None:
            written = g.op("DEQUANTIZE", [after], g.add(held))
        g.operators.append(Op("ASSIGN_VARIABLE", [handle, written], []))
        return g.build([x], [after])
    sequence = g.fixed((1, steps, features), 0.02, 7)
    xs = [g.fixed((1, features), 0.02, 7) for _ in range(steps)]
    g.op("UNPACK", [sequence], *xs, num=steps, axis=1)
    states = [g.add(replace(state, data=np.zeros((1, units), np.int8)))]
    for x in xs:
        states.append(cell(x, states[-1]))
    out = g.add(replace(state, shape=(1, steps, units)))
    return g.build([sequence], [g.op("PACK", states[1:], out, values_count=steps, axis=1)])


def gated_rnn(dtype: str, steps: int = 3, units: int = 4) -> bytes:
    """Gates cut out of one product by SPLIT and SPLIT_V, the last state as output."""
    g = GraphBuilder(dtype, seed=1)
    source = g.tensor((steps, units))
    xs = [g.tensor((1, units), source) for _ in range(steps)]
    g.op("SPLIT", [g.integers(0), source], *xs, num_splits=steps)
    kernel = g.weights((3 * units, units))
    h = xs[0]
    for x in xs:
        z = g.op("FULLY_CONNECTED", [x, kernel, -1], g.tensor((1, 3 * units)))
        gates = [g.tensor((1, units), z) for _ in range(3)]
        axis = g.integers(1)
        g.op("SPLIT_V", [z, g.integers(units, units, units), axis], *gates, num_splits=3)
        r = g.op("LOGISTIC", [gates[0]], g.fixed((1, units), 1 / 256, -128))
        u = g.op("LOGISTIC", [gates[1]], g.fixed((1, units), 1 / 256, -128))
        c = g.op("TANH", [gates[2]], g.fixed((1, units), 1 / 128, 0))
        kept = g.op("MUL", [u, h], g.tensor((1, units)))
        new = g.op("MUL", [r, c], g.tensor((1, units)))
        h = g.op("SUB", [kept, new], g.tensor((1, units)))
    return g.build([source], [h])


def skip_connection(dtype: str) -> bytes:
    """Joins and cuts that cannot all share memory: an input, and one tensor twice."""
    g = GraphBuilder(dtype, seed=2)
    source = g.tensor((2, 3))
    kernel = g.weights((3, 3))
    y = g.op("FULLY_CONNECTED", [source, kernel, -1], g.tensor((2, 3), source))
    wide = g.op("CONCATENATION", [source, y, y], g.tensor((2, 9), source), axis=1)
    turned = g.op("TRANSPOSE", [wide, g.integers(1, 0)], g.tensor((9, 2), source))
    part = g.tensor((4, 2), source)
    g.op(
        "STRIDED_SLICE",
        [turned, g.integers(8, 0), g.integers(0, 2), g.integers(-2, 1)],
        part,
    )
    total = g.op("ADD", [part, part], g.tensor((4, 2)))
    return g.build([source], [total, wide, y])


def residual_cnn(dtype: str) -> bytes:
    """CONV_2D, DEPTHWISE_CONV_2D, both poolings, an addition across them, MEAN and SOFTMAX."""
    g = GraphBuilder(dtype, seed=3)
    source = g.tensor((1, 6, 6, 2))
    same = {"padding": "SAME", "stride_w": 1, "stride_h": 1}
    conv = g.op(
        "CONV_2D",
        [source, g.weights((4, 3, 3, 2)), g.bias(4, source)],
        g.tensor((1, 6, 6, 4)),
        fused_activation_function="RELU",
        **same,
    )
    depthwise = g.op(
        "DEPTHWISE_CONV_2D",
        [conv, g.weights((1, 3, 3, 4)), g.bias(4, conv)],
        g.tensor((1, 6, 6, 4)),
        depth_multiplier=1,
        **same,
    )
    added = g.op("ADD", [conv, depthwise], g.tensor((1, 6, 6, 4)))
    pool = {"padding": "VALID", "stride_w": 2, "stride_h": 2, "filter_width": 2, "filter_height": 2}
    small = g.op("MAX_POOL_2D", [added], g.tensor((1, 3, 3, 4), added), **pool)
    tiny = g.op("AVERAGE_POOL_2D", [small], g.tensor((1, 1, 1, 4), small), **pool)
    mean = g.op("MEAN", [small, g.integers(1, 2)], g.tensor((1, 4), small), keep_dims=0)
    flat = g.op("RESHAPE", [tiny, g.integers(1, 4)], g.tensor((1, 4), small))
    both = g.op("ADD", [mean, flat], g.tensor((1, 4), scale=0.05))
    out = g.op("SOFTMAX", [both], g.fixed((1, 4), 1 / 256, -128), beta=1)
    return g.build([source], [out])


def embedding(dtype: str) -> bytes:
    """Token ids that arrive as float or int8, a table of rows, SOFTMAX over each row."""
    g = GraphBuilder(dtype, seed=4)
    source = g.fixed((1, 6), 0.0625, -128)  # int8: ids 0 to 15
    ids = source if dtype == "float32" else g.op("DEQUANTIZE", [source], g.typed("float32", (1, 6)))
    rows = g.typed("int32", (1, 6))
    g.op("CAST", [ids], rows, in_data_type="float32", out_data_type="int32")
    table = g.weights((16, 5))
    taken = g.op("GATHER", [table, rows], g.fixed((1, 6, 5), WEIGHT_SCALE, 0), axis=0, batch_dims=0)
    out = g.op("SOFTMAX", [taken], g.fixed((1, 6, 5), 1 / 256, -128), beta=1)
    return g.build([source], [out])


def odds_and_ends(dtype: str) -> bytes:
    """What the others leave out: broadcasts, clamps, tables, per-channel rows, odd shapes."""
    g = GraphBuilder(dtype, seed=5)
    source = g.tensor((2, 4))
    wider = g.op("EXPAND_DIMS", [source, g.integers(0)], g.tensor((1, 2, 4), source))
    scaled = g.op("MUL", [wider, g.weights((2, 1))], g.tensor((1, 2, 4)))
    flat = g.op("SQUEEZE", [scaled], g.tensor((2, 4), scaled))
    relu = g.op("RELU", [flat], g.tensor((2, 4)))
    relu6 = g.op("RELU6", [flat], g.tensor((2, 4), flat))
    steep = g.fixed((2, 4), 1.25, 3)  # too steep for the table that all share
    g.op("ADD", [relu, relu6], steep)
    gate = g.op("LOGISTIC", [steep], g.fixed((2, 4), 1 / 256, -128))
    weights = g.per_channel_weights((3, 4)) if dtype == "int8" else g.weights((3, 4))
    options = {"fused_activation_function": "RELU"}
    rows = g.op("FULLY_CONNECTED", [gate, weights, -1], g.tensor((2, 3)), **options)
    middle = g.tensor((2, 1), rows)
    g.op("SLICE", [rows, g.integers(0, 1), g.integers(-1, 1)], middle)
    pair = g.op("PACK", [middle, middle], g.tensor((2, 2, 1), rows), values_count=2, axis=1)
    real = pair if dtype == "float32" else g.op("DEQUANTIZE", [pair], g.typed("float32", (2, 2, 1)))
    back = real if dtype == "float32" else g.op("QUANTIZE", [real], g.tensor((2, 2, 1)))
    return g.build([source], [back, gate, flat])


def hand_written_cell(dtype: str, steps: int = 24, units: int = 6, oddity: str = "") -> bytes:
    """A cell that no library has: h' = tanh(W x + (U h) * sigmoid(h)) - h'', again and again.

    At step 10 an `oddity` makes one step differ: "weights" or "constant" are
    others, the state is read from "two steps back", or a "missing" operator.
    "scales" makes all steps differ: sums that one kernel or another is exact for.
    """
    g = GraphBuilder(dtype, seed=6)
    source = g.tensor((steps, units))
    xs = [g.tensor((1, units), source) for _ in range(steps)]
    g.op("SPLIT", [g.integers(0), source], *xs, num_splits=steps)
    kernel, recurrent, other = (g.weights((units, units)) for _ in range(3))
    constant, other_constant = g.weights((1, units)), g.weights((1, units))
    states = [xs[0], xs[1]]
    for number, x in enumerate(xs[2:]):
        odd = oddity if number == 10 else ""
        h = states[-2 if odd == "two steps back" else -1]
        matrix = other if odd == "weights" else recurrent
        fed_back = g.op("FULLY_CONNECTED", [h, matrix, -1], g.tensor((1, units)))
        gate = g.op("LOGISTIC", [h], g.fixed((1, units), 1 / 256, -128))
        if odd != "missing":
            fed_back = g.op("MUL", [fed_back, gate], g.tensor((1, units)))
        wx = g.op("FULLY_CONNECTED", [x, kernel, -1], g.tensor((1, units)))
        scale = 0.02 * 0.8**number if oddity == "scales" else 0.02
        z = g.op("ADD", [wx, fed_back], g.tensor((1, units), scale=scale))
        t = g.op("TANH", [z], g.fixed((1, units), 1 / 128, 0))
        scaled = g.op(
            "MUL", [t, other_constant if odd == "constant" else constant], g.tensor((1, units))
        )
        states.append(g.op("SUB", [scaled, states[-2]], g.tensor((1, units))))
    return g.build([source], [states[-1], states[-5]])
