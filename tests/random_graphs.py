"""Small graphs of random operators, shapes and scales: a .tflite from a seed.

What is random is what hides faults in a compiler: which tensors live side by side, what is a
view of what, which kernel a scale chooses. Arithmetic stays within what an operator is defined
for: no division by zero, no logarithm of what may be negative.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np
from tflite_builder import Op, Spec, Subgraph, model

MOST_ELEMENTS = 240
ACTIVATIONS = ("NONE", "NONE", "NONE", "RELU", "RELU6", "RELU_N1_TO_1")


@dataclass(frozen=True)
class RandomGraph:
    """What `model` takes; a fuzzer cuts it smaller."""

    specs: tuple[Spec, ...]
    operators: tuple[Op, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    called: tuple[Subgraph, ...] = ()

    def tflite(self) -> bytes:
        return model(self.specs, self.operators, self.inputs, self.outputs, *self.called)

    @property
    def is_stateful(self) -> bool:
        return any(op.name == "VAR_HANDLE" for op in self.operators) or any(
            spec.variable for spec in self.specs
        )

    def __str__(self) -> str:
        lines = []
        for op in self.operators:
            shown = ", ".join(self._label(index) for index in op.inputs)
            made = ", ".join(self._label(index) for index in op.outputs)
            lines.append(f"  {op.name} {dict(op.options)} ({shown}) -> {made}")
        return "\n".join([f"inputs {self.inputs} outputs {self.outputs}", *lines])

    def _label(self, index: int) -> str:
        if index < 0:
            return "none"
        spec = self.specs[index]
        scale = "" if spec.scale is None else f" {np.atleast_1d(spec.scale)[0]:.4g}"
        scale += f"@{np.atleast_1d(spec.zero_point)[0]}" if scale else ""
        values = ""
        if spec.data is not None:
            values = f" = {spec.data.ravel().tolist()}" if spec.data.size < 9 else " constant"
        return f"{index}:{spec.dtype}{list(spec.shape)}{scale}{values}"


def random_graph(seed: int | str) -> RandomGraph:
    """Up to a dozen operators in int8, int16 or float32, some with state or subgraphs."""
    rng = random.Random(f"graph {seed}")
    maker = _Maker(rng, rng.choice(("int8", "int8", "int8", "float32", "float32", "int16")))
    for _ in range(rng.randint(1, 3)):
        maker.inputs.append(maker.activation(maker.shape()))
        maker.values.append(maker.inputs[-1])
    names = rng.sample(rules(maker.dtype), k=rng.randint(3, 12))  # a graph of a few kinds
    for _ in range(rng.randint(1, 12)):
        for _ in range(8):
            if _RULES[rng.choice(names)](maker):
                break
    maker.assign()
    return maker.graph()


def graphs_of_each_rule(dtype: str, count: int) -> Iterator[RandomGraph]:
    """Graphs of one rule each, whatever other rules there are."""
    for name in rules(dtype):
        for number in range(count):
            maker = _Maker(random.Random(f"rule {name} {dtype} {number}"), dtype)
            maker.inputs = [maker.activation(shape) for shape in ((1, 4, 6, 4), (1, 3, 8), (2, 4))]
            maker.values = list(maker.inputs)
            if any(_RULES[name](maker) for _ in range(8)):
                maker.assign()
                yield maker.graph()


@dataclass
class _Maker:
    rng: random.Random
    dtype: str
    specs: list[Spec] = field(default_factory=list)
    operators: list[Op] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)  # of the type of the graph
    others: list[int] = field(default_factory=list)  # outputs of another type
    handles: list[tuple[int, int]] = field(default_factory=list)  # and the value of the variable
    called: list[Subgraph] = field(default_factory=list)
    is_inner: bool = False

    @property
    def is_int8(self) -> bool:
        return self.dtype == "int8"

    @property
    def is_int16(self) -> bool:
        """16-bit activations, whose zero point is 0, with int8 weights."""
        return self.dtype == "int16"

    @property
    def numbers(self) -> np.random.Generator:
        return np.random.default_rng(self.rng.getrandbits(32))

    def graph(self) -> RandomGraph:
        """Outputs are some of what no operator reads, and perhaps something that one does."""
        read = {index for op in self.operators for index in op.inputs}
        made = [index for op in self.operators for index in op.outputs]
        made = [index for index in made if index in self.values or index in self.others]
        leaves = [index for index in made if index not in read]
        outputs = leaves + [i for i in made if i in read and self.rng.random() < 0.15]
        if not outputs:  # only variables were written: show one value
            outputs = [self.op("RESHAPE", [self.values[0]], self.like(self.values[0]))]
        return RandomGraph(
            tuple(self.specs),
            tuple(self.operators),
            tuple(self.inputs),
            tuple(dict.fromkeys(outputs)),
            tuple(self.called),
        )

    # Tensors.

    def add(self, spec: Spec) -> int:
        self.specs.append(spec)
        return len(self.specs) - 1

    def shape(self) -> tuple[int, ...]:
        if self.rng.random() < 0.4:
            return (1, *(self.rng.randint(2, 7) for _ in range(2)), self.rng.randint(1, 6))
        rank = self.rng.randint(1, 4)
        return tuple(self.rng.choice((1, 2, 3, 4, 5, 8)) for _ in range(rank))

    def scale(self, low: float = 0.004, high: float = 0.2) -> float:
        if self.is_int16:
            low, high = low / 64, high / 64
        return float(np.float32(low * (high / low) ** self.rng.random()))

    def zero_point(self) -> int:
        return self.rng.choice((-128, 0, 127, self.rng.randint(-128, 127)))

    def activation(self, shape: Sequence[int], scale: float | None = None) -> int:
        """In int8 and int16 with a scale near this one."""
        if self.dtype == "float32":
            return self.add(Spec(tuple(shape)))
        scale = self.scale() if scale is None else scale * 2.0 ** self.rng.uniform(-1, 2)
        if self.is_int16:
            scale = min(scale, 2.0) if scale > 0.004 else scale
            return self.add(Spec(tuple(shape), "int16", float(np.float32(scale))))
        return self.add(Spec(tuple(shape), "int8", float(np.float32(scale)), self.zero_point()))

    def fixed(self, shape: Sequence[int], scale: float, zero_point: int) -> int:
        if self.is_int16:
            return self.add(Spec(tuple(shape), "int16", 2.0**-15))
        if not self.is_int8:
            return self.add(Spec(tuple(shape)))
        return self.add(Spec(tuple(shape), "int8", scale, zero_point))

    def like(self, index: int, shape: Sequence[int] | None = None) -> int:
        spec = self.specs[index]
        return self.add(replace(spec, shape=tuple(shape or spec.shape), data=None, variable=False))

    def scale_of(self, index: int) -> float:
        scale = self.specs[index].scale
        return float(scale) if isinstance(scale, float) else 1.0

    def constant(self, shape: Sequence[int], *, positive: bool = False) -> int:
        """An operand of the graph's type; a `positive` one is away from zero."""
        if self.is_int8:
            data = self.numbers.integers(-100 if positive else -128, 128, tuple(shape))
            zero_point = -128 if positive else self.zero_point()
            return self.add(
                Spec(tuple(shape), "int8", self.scale(), zero_point, data=data.astype(np.int8))
            )
        if self.is_int16:
            values = self.numbers.integers(-(1 << 15), 1 << 15, tuple(shape)).astype(np.int16)
            return self.add(Spec(tuple(shape), "int16", self.scale(), data=values))
        real = self.numbers.uniform(0.5 if positive else -2, 2, tuple(shape))
        return self.add(Spec(tuple(shape), data=real.astype(np.float32)))

    def ints(self, *values: int, shape: tuple[int, ...] | None = None) -> int:
        data = np.array(values, np.int32).reshape((len(values),) if shape is None else shape)
        return self.add(Spec(data.shape, "int32", data=data))

    def weights(self, shape: Sequence[int], channel: int | None) -> tuple[int, list[float]]:
        """Symmetric ones, in int8 with one scale or one for each of the axis `channel`."""
        data = self.numbers.integers(-127, 128, tuple(shape))
        quantized = self.dtype != "float32"
        each = channel is not None and quantized and self.rng.random() < 0.7
        scales = [self.scale(0.002, 0.02) for _ in range(shape[channel] if each else 1)]
        if not quantized:
            return self.add(Spec(tuple(shape), data=(data * scales[0]).astype(np.float32))), scales
        spec = Spec(tuple(shape), "int8", scales, data=data.astype(np.int8))
        return self.add(replace(spec, dimension=channel or 0)), scales

    def bias(self, length: int, source: int, scales: list[float]) -> int:
        if self.rng.random() < 0.3:
            return -1
        data = self.numbers.integers(-3000, 3000, length)
        if self.dtype == "float32":
            return self.add(Spec((length,), data=(data * 1e-3).astype(np.float32)))
        own = [float(np.float32(self.scale_of(source) * scale)) for scale in scales]
        kind = "int64" if self.is_int16 else "int32"
        return self.add(Spec((length,), kind, own, data=data.astype(kind)))

    # Operators.

    def pick(self, allows: Callable[[tuple[int, ...]], bool] = lambda _: True) -> int | None:
        """A value whose shape is allowed; later ones more often."""
        found = [i for i in self.values if allows(self.specs[i].shape)]
        return self.rng.choice(found[-4:] if self.rng.random() < 0.6 else found) if found else None

    def shape_of(self, index: int) -> tuple[int, ...]:
        return self.specs[index].shape

    def op(self, name: str, inputs: Sequence[int], *outputs: int, **options: object) -> int:
        self.operators.append(Op(name, tuple(inputs), outputs, options))  # type: ignore[arg-type]
        return outputs[0]

    def value(self, name: str, inputs: Sequence[int], output: int, **options: object) -> bool:
        self.values.append(self.op(name, inputs, output, **options))
        return True

    def assign(self) -> None:
        """What a variable holds from the next invocation on: a value of its size."""
        for handle, read in self.handles:
            shape = self.shape_of(read)
            same = [i for i in self.values if i != read and self.shape_of(i) == shape]
            # TFLM has no memory for a variable that nobody assigns.
            source = self.rng.choice(same or [read])
            if self.is_int8:
                source = self.op("QUANTIZE", [source], self.like(read))
            self.operators.append(Op("ASSIGN_VARIABLE", [handle, source], []))


Rule = Callable[[_Maker], bool]
_RULES: dict[str, Rule] = {}


_INT16 = """
FULLY_CONNECTED CONV_2D DEPTHWISE_CONV_2D ADD SUB MUL MAX_POOL_2D AVERAGE_POOL_2D TANH LOGISTIC
SOFTMAX RESHAPE TRANSPOSE EXPAND_DIMS SQUEEZE SLICE STRIDED_SLICE SPLIT SPLIT_V UNPACK
CONCATENATION PACK PAD QUANTIZE UNIDIRECTIONAL_SEQUENCE_LSTM
"""


def rules(dtype: str) -> list[str]:
    """Names of the rules for graphs of a type."""
    return sorted(_INT16.split() if dtype == "int16" else _RULES)


def _rule(*names: str) -> Callable[[Callable[[_Maker, str], bool]], None]:
    """The function below adds an operator of one of these names, or says that it cannot."""

    def register(function: Callable[[_Maker, str], bool]) -> None:
        for name in names:
            _RULES[name] = lambda maker, name=name: function(maker, name)  # type: ignore[misc]

    return register


@_rule("FULLY_CONNECTED")
def _dense(m: _Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) >= 2)
    if source is None:
        return False
    *outer, columns = m.shape_of(source)
    rows = m.rng.randint(1, 12)
    weights, scales = m.weights((rows, columns), 0)
    bias = m.bias(rows, source, scales)
    scale = m.scale_of(source) * scales[0] * 60 * columns**0.5
    keep = len(outer) > 1
    out = m.activation((*outer, rows) if keep else (prod(outer), rows), scale)
    activation = m.rng.choice(ACTIVATIONS)
    return m.value(
        name, [source, weights, bias], out, fused_activation_function=activation, keep_num_dims=keep
    )


def _window(m: _Maker, shape: Sequence[int], size: int) -> dict[str, object] | None:
    """Options of a window that fits, and the size of the output as `out`."""
    padding = m.rng.choice(("SAME", "VALID"))
    strides = m.rng.randint(1, 2), m.rng.randint(1, 2)
    out = [
        -(-n // s) if padding == "SAME" else (n - size) // s + 1
        for n, s in zip(shape[1:3], strides, strict=True)
    ]
    if min(out) < 1:
        return None
    return {"padding": padding, "stride_h": strides[0], "stride_w": strides[1], "out": out}


@_rule("CONV_2D", "DEPTHWISE_CONV_2D")
def _convolution(m: _Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) == 4)
    if source is None:
        return False
    n, _, _, channels = m.shape_of(source)
    size = m.rng.randint(1, 3)
    options = _window(m, m.shape_of(source), size)
    if options is None:
        return False
    height, width = options.pop("out")  # type: ignore[misc]
    if name == "CONV_2D":
        groups = m.rng.choice([g for g in (1, 1, 2, 3, channels) if channels % g == 0])
        outputs = groups * m.rng.randint(1, 5)
        weights, scales = m.weights((outputs, size, size, channels // groups), 0)
    else:
        multiplier = m.rng.choice((1, 1, 2))
        outputs = channels * multiplier
        options["depth_multiplier"] = multiplier
        weights, scales = m.weights((1, size, size, outputs), 3)
    bias = m.bias(outputs, source, scales)
    scale = m.scale_of(source) * scales[0] * 60 * size * channels**0.5
    out = m.activation((n, height, width, outputs), scale)
    options["fused_activation_function"] = m.rng.choice(ACTIVATIONS)
    return m.value(name, [source, weights, bias], out, **options)


@_rule("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D")
def _pool(m: _Maker, name: str) -> bool:
    if name == "L2_POOL_2D" and m.dtype != "float32":
        return False
    source = m.pick(lambda shape: len(shape) == 4)
    size = m.rng.randint(1, 3)
    options = None if source is None else _window(m, m.shape_of(source), size)
    if source is None or options is None:
        return False
    height, width = options.pop("out")  # type: ignore[misc]
    shape = m.shape_of(source)
    return m.value(
        name,
        [source],
        m.like(source, (shape[0], height, width, shape[3])),
        filter_width=size,
        filter_height=size,
        fused_activation_function=m.rng.choice(ACTIVATIONS),
        **options,
    )


@_rule("ADD", "SUB", "MUL", "DIV", "SQUARED_DIFFERENCE", "MINIMUM", "MAXIMUM", "PRELU")
def _binary(m: _Maker, name: str) -> bool:
    a = m.pick()
    if a is None:
        return False
    shape = m.shape_of(a)
    same = [i for i in m.values if m.shape_of(i) == shape]
    if m.rng.random() < 0.6 and name not in ("DIV", "PRELU"):
        b = m.rng.choice(same)
    else:
        row = tuple(n if m.rng.random() < 0.6 else 1 for n in shape)
        row = shape[2:] if name == "PRELU" else row[m.rng.randint(0, len(row)) :]
        b = m.constant(row, positive=name == "DIV")
    if name == "PRELU" and len(shape) < 3:
        return False
    if name in ("MINIMUM", "MAXIMUM") and m.is_int8:
        if m.specs[b].data is not None:
            m.specs[b] = replace(
                m.specs[b], scale=m.specs[a].scale, zero_point=m.specs[a].zero_point
            )
        elif (m.specs[b].scale, m.specs[b].zero_point) != (m.specs[a].scale, m.specs[a].zero_point):
            return False
        return m.value(name, [a, b], m.like(a))
    scales = m.scale_of(a), m.scale_of(b)
    scale = max(scales)
    if name in ("MUL", "SQUARED_DIFFERENCE"):
        scale = scales[0] * scales[1] * (90 << 8 if m.is_int16 else 90)
    if name == "DIV":
        # TFLM shifts by more than a word, which C leaves open, where the factor is below 2^7.
        scale = scales[0] / scales[1] / 2**10
    inputs = [b, a] if name in ("ADD", "SUB", "MUL") and m.rng.random() < 0.3 else [a, b]
    options = {"fused_activation_function": m.rng.choice(ACTIVATIONS)}
    if name in ("SQUARED_DIFFERENCE", "PRELU"):
        options = {}
    return m.value(name, inputs, m.activation(shape, scale), **options)


@_rule("ABS", "ELU", "HARD_SWISH", "LEAKY_RELU", "RELU", "RELU6", "TANH", "LOGISTIC", "SOFTMAX")
def _unary(m: _Maker, name: str) -> bool:
    source = m.pick()
    if source is None:
        return False
    shape, options = m.shape_of(source), {}
    if name in ("LOGISTIC", "SOFTMAX"):
        out = m.fixed(shape, 1 / 256, -128)
        options = {"beta": m.rng.choice((1.0, 0.5))} if name == "SOFTMAX" else {}
    elif name == "TANH":
        out = m.fixed(shape, 1 / 128, 0)
    else:
        out = m.like(source) if name == "RELU6" else m.activation(shape, m.scale_of(source))
        options = {"alpha": m.rng.choice((0.1, 0.3))} if name == "LEAKY_RELU" else {}
    return m.value(name, [source], out, **options)


@_rule("SQUARE", "SQRT", "EXP", "LOG", "NEG", "SIN", "COS", "LOG_SOFTMAX", "L2_NORMALIZATION")
def _real(m: _Maker, name: str) -> bool:
    """What TFLM has in float alone but the last two, of values in (0, 1)."""
    source = m.pick()
    if source is None or (m.is_int8 and name not in ("L2_NORMALIZATION", "LOG_SOFTMAX")):
        return False
    shape = m.shape_of(source)
    if m.is_int8 and name == "LOG_SOFTMAX":
        return m.value(name, [source], m.fixed(shape, 1 / 16, 127))
    if name != "L2_NORMALIZATION":
        source = m.op("LOGISTIC", [source], m.fixed(shape, 1 / 256, -128))
    return m.value(name, [source], m.fixed(shape, 1 / 128, 0))


@_rule("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN")
def _reduce(m: _Maker, name: str) -> bool:
    source = m.pick()
    if source is None:
        return False
    shape = m.shape_of(source)
    axes = sorted(m.rng.sample(range(len(shape)), m.rng.randint(1, len(shape))))
    keep = m.rng.random() < 0.5
    kept = [1 if axis in axes else n for axis, n in enumerate(shape)]
    out_shape = kept if keep else [n for axis, n in enumerate(shape) if axis not in axes]
    if not out_shape:
        out_shape = [1]
        keep = True
        if len(shape) > 1:
            out_shape = kept
    count = prod(shape[axis] for axis in axes)
    same = name.startswith("REDUCE")
    scale = m.scale_of(source) * (count**0.5 if name == "SUM" else 1)
    out = m.like(source, out_shape) if same else m.activation(out_shape, scale)
    given = [a - len(shape) if m.rng.random() < 0.3 else a for a in axes]
    return m.value(name, [source, m.ints(*given)], out, keep_dims=keep)


@_rule("ARG_MAX", "ARG_MIN")
def _arg(m: _Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) > 1)
    if source is None:
        return False
    shape = m.shape_of(source)
    axis = m.rng.randrange(len(shape))
    out = m.add(Spec(shape[:axis] + shape[axis + 1 :], "int32"))
    m.others.append(m.op(name, [source, m.ints(axis, shape=())], out, output_type="int32"))
    return True


@_rule("RESHAPE", "TRANSPOSE", "EXPAND_DIMS", "SQUEEZE")
def _reshape(m: _Maker, name: str) -> bool:
    source = m.pick()
    if source is None:
        return False
    shape = m.shape_of(source)
    if name == "TRANSPOSE":
        order = m.rng.sample(range(len(shape)), len(shape))
        out = m.like(source, [shape[axis] for axis in order])
        return m.value(name, [source, m.ints(*order)], out)
    if name == "EXPAND_DIMS":
        axis = m.rng.randint(0, len(shape))
        if len(shape) > 4:
            return False
        wider = (*shape[:axis], 1, *shape[axis:])
        return m.value(name, [source, m.ints(axis, shape=())], m.like(source, wider))
    if name == "SQUEEZE":
        axes = [axis for axis, n in enumerate(shape) if n == 1][: len(shape) - 1]
        if not axes:
            return False
        kept = [n for axis, n in enumerate(shape) if axis not in axes]
        return m.value(name, [source], m.like(source, kept))
    new = list(shape)
    m.rng.shuffle(new)
    if m.rng.random() < 0.5 and len(new) > 1:
        new = [new[0] * new[1], *new[2:]]
    elif len(new) < 4:
        new.insert(m.rng.randint(0, len(new)), 1)
    return m.value(name, [source, m.ints(*new)], m.like(source, new))


@_rule("SLICE", "STRIDED_SLICE")
def _slice(m: _Maker, name: str) -> bool:
    source = m.pick()
    if source is None:
        return False
    shape = m.shape_of(source)
    begin = [m.rng.randrange(n) for n in shape]
    ends = [m.rng.randint(first + 1, n) for first, n in zip(begin, shape, strict=True)]
    if name == "SLICE":
        sizes = [last - first for first, last in zip(begin, ends, strict=True)]
        given = [
            -1 if first + size == n and m.rng.random() < 0.5 else size
            for first, size, n in zip(begin, sizes, shape, strict=True)
        ]
        return m.value(name, [source, m.ints(*begin), m.ints(*given)], m.like(source, sizes))
    steps = [m.rng.choice((1, 1, 2)) for _ in shape]
    sizes = [len(range(a, b, s)) for a, b, s in zip(begin, ends, steps, strict=True)]
    shrink = 0
    if len(shape) > 1 and m.rng.random() < 0.4:
        axis = m.rng.randrange(len(shape))
        shrink, sizes[axis] = 1 << axis, 0
        ends[axis], steps[axis] = begin[axis] + 1, 1
    inputs = [source, m.ints(*begin), m.ints(*ends), m.ints(*steps)]
    out = m.like(source, [n for n in sizes if n])
    return m.value(name, inputs, out, shrink_axis_mask=shrink)


@_rule("SPLIT", "SPLIT_V", "UNPACK")
def _split(m: _Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) > 1 and max(shape) > 1)
    if source is None:
        return False
    shape = m.shape_of(source)
    axis = m.rng.choice([axis for axis, n in enumerate(shape) if n > 1])
    n = shape[axis]

    def part(length: int) -> int:
        return m.like(source, (*shape[:axis], length, *shape[axis + 1 :]))

    if name == "UNPACK":
        if n > 5:
            return False
        parts = [m.like(source, shape[:axis] + shape[axis + 1 :]) for _ in range(n)]
        m.op(name, [source], *parts, num=n, axis=axis)
    elif name == "SPLIT":
        count = m.rng.choice([c for c in range(2, n + 1) if n % c == 0])
        parts = [part(n // count) for _ in range(count)]
        m.op(name, [m.ints(axis, shape=()), source], *parts, num_splits=count)
    else:
        first = m.rng.randint(1, n - 1)
        parts = [part(first), part(n - first)]
        sizes = m.ints(first, n - first if m.rng.random() < 0.7 else -1)
        m.op(name, [source, sizes, m.ints(axis, shape=())], *parts, num_splits=2)
    m.values += m.rng.sample(parts, m.rng.randint(1, len(parts)))
    return True


@_rule("CONCATENATION", "PACK")
def _join(m: _Maker, name: str) -> bool:
    source = m.pick(lambda shape: prod(shape) < MOST_ELEMENTS // 2)
    if source is None:
        return False
    first, shape = m.specs[source], m.shape_of(source)
    axis = m.rng.randrange(len(shape))

    def fits(index: int) -> bool:
        spec = m.specs[index]
        others = [n for k, n in enumerate(spec.shape) if k != axis]
        same = len(spec.shape) == len(shape) and (spec.shape == shape or name != "PACK")
        return (
            same
            and others == [n for k, n in enumerate(shape) if k != axis]
            and (spec.scale, spec.zero_point) == (first.scale, first.zero_point)
            and prod(spec.shape) < MOST_ELEMENTS // 2
        )

    others = [index for index in m.values if fits(index)]
    parts = [source, *m.rng.choices(others, k=m.rng.randint(0, 2))]
    m.rng.shuffle(parts)
    if name == "PACK":
        if len(shape) > 3:
            return False
        out = m.like(source, (*shape[:axis], len(parts), *shape[axis:]))
        return m.value(name, parts, out, values_count=len(parts), axis=axis)
    length = sum(m.shape_of(index)[axis] for index in parts)
    out = m.like(source, (*shape[:axis], length, *shape[axis + 1 :]))
    return m.value(name, parts, out, axis=axis)


@_rule("PAD", "PADV2", "MIRROR_PAD", "SPACE_TO_BATCH_ND", "SPACE_TO_DEPTH", "DEPTH_TO_SPACE")
def _spread(m: _Maker, name: str) -> bool:
    source = m.pick(lambda shape: 2 <= len(shape) <= 4 and prod(shape) < MOST_ELEMENTS // 3)
    if source is None:
        return False
    shape = m.shape_of(source)
    if name in ("SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "SPACE_TO_BATCH_ND"):
        return _blocks(m, name, source)
    edge = [min(2, n - 1) if name == "MIRROR_PAD" else 2 for n in shape]
    widths = [m.rng.randint(0, e) for e in edge for _ in range(2)]
    out = [
        n + before + after
        for n, before, after in zip(shape, widths[::2], widths[1::2], strict=True)
    ]
    inputs = [source, m.ints(*widths, shape=(len(shape), 2))]
    if name == "PADV2":
        value = m.constant(())
        if m.is_int8:
            spec = m.specs[source]
            m.specs[value] = replace(m.specs[value], scale=spec.scale, zero_point=spec.zero_point)
        inputs.append(value)
    options = {"mode": m.rng.choice(("REFLECT", "SYMMETRIC"))} if name == "MIRROR_PAD" else {}
    return m.value(name, inputs, m.like(source, out), **options)


def _blocks(m: _Maker, name: str, source: int) -> bool:
    shape = m.shape_of(source)
    if len(shape) != 4:
        return False
    n, h, w, c = shape
    if name == "SPACE_TO_BATCH_ND":
        block = [2, m.rng.choice((1, 2, 3))]
        if m.is_int8:  # without a border, which TFLM fills from memory that nobody wrote
            block = [1 if n % length else length for n, length in zip((h, w), block, strict=True)]
        border = [0, -h % block[0], -w % block[1], 0]
        out = (n * prod(block), (h + border[1]) // block[0], (w + border[2]) // block[1], c)
        inputs = [source, m.ints(*block), m.ints(*border, shape=(2, 2))]
        return m.value(name, inputs, m.like(source, out))
    if name == "SPACE_TO_DEPTH" and h % 2 == w % 2 == 0:
        return m.value(name, [source], m.like(source, (n, h // 2, w // 2, 4 * c)), block_size=2)
    if name == "DEPTH_TO_SPACE" and c % 4 == 0:
        return m.value(name, [source], m.like(source, (n, 2 * h, 2 * w, c // 4)), block_size=2)
    return False


@_rule("GATHER", "GATHER_ND")
def _gather(m: _Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) <= 4)
    if source is None:
        return False
    shape = m.shape_of(source)
    count = m.rng.randint(1, 4)
    if name == "GATHER":
        axis = m.rng.randrange(len(shape))
        ids = m.ints(*(m.rng.randrange(shape[axis]) for _ in range(count)))
        out = m.like(source, (*shape[:axis], count, *shape[axis + 1 :]))
        return m.value(name, [source, ids], out, axis=axis)
    depth = m.rng.randint(1, len(shape))
    rows = [m.rng.randrange(n) for _ in range(count) for n in shape[:depth]]
    out = m.like(source, (count, *shape[depth:]))
    return m.value(name, [source, m.ints(*rows, shape=(count, depth))], out)


@_rule("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR")
def _resize(m: _Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) == 4 and prod(shape) < MOST_ELEMENTS // 4)
    if source is None:
        return False
    n, _, _, c = m.shape_of(source)
    size = m.rng.randint(1, 7), m.rng.randint(1, 7)
    option = m.rng.choice(({}, {"align_corners": True}, {"half_pixel_centers": True}))
    return m.value(name, [source, m.ints(*size)], m.like(source, (n, *size, c)), **option)


@_rule("BATCH_MATMUL")
def _matmul(m: _Maker, name: str) -> bool:
    a = m.pick(lambda shape: len(shape) in (2, 3))
    if a is None:
        return False
    shape = m.shape_of(a)
    columns = m.rng.randint(1, 5)
    b = m.constant((*shape[:-2], shape[-1], columns))
    scale = m.scale_of(a) * m.scale_of(b) * 60
    return m.value(name, [a, b], m.activation((*shape[:-1], columns), scale))


@_rule("CUMSUM")
def _cumsum(m: _Maker, name: str) -> bool:
    source = m.pick()
    if source is None:
        return False
    axis = m.rng.randrange(len(m.shape_of(source)))
    if m.is_int8 and m.shape_of(source)[axis] > 15:
        return False  # TFLM's sums may leave 32 bits
    options = {"exclusive": m.rng.random() < 0.5, "reverse": m.rng.random() < 0.5}
    out = m.activation(m.shape_of(source), m.scale_of(source))
    return m.value(name, [source, m.ints(axis, shape=())], out, **options)


@_rule("QUANTIZE")
def _quantize(m: _Maker, name: str) -> bool:
    source = m.pick()
    if source is None or m.dtype == "float32":
        return False
    shape = m.shape_of(source)
    if m.rng.random() < 0.3:  # there and back through real numbers
        source = m.op("DEQUANTIZE", [source], m.add(Spec(shape)))
    return m.value(name, [source], m.activation(shape, m.scale()))


@_rule("SELECT_V2")
def _select(m: _Maker, name: str) -> bool:
    """By a comparison of two inputs, of which float ones are the same in every engine."""
    first = m.rng.choice(m.inputs)
    shape = m.shape_of(first)
    if len(shape) > 4:
        return False
    condition = m.add(Spec(shape, "bool"))
    compare = m.rng.choice(("LESS", "GREATER_EQUAL", "EQUAL", "NOT_EQUAL"))
    m.op(compare, [first, m.constant(())], condition)
    value = m.pick(lambda other: other == shape)
    if value is None:
        return False
    other = m.constant(shape)
    if m.is_int8:
        spec = m.specs[value]
        m.specs[other] = replace(m.specs[other], scale=spec.scale, zero_point=spec.zero_point)
    return m.value(name, [condition, value, other], m.like(value))


@_rule("VAR_HANDLE")
def _variable(m: _Maker, name: str) -> bool:
    """Read at first; what is assigned at the end comes back with the next invocation."""
    like = m.pick(lambda shape: prod(shape) < MOST_ELEMENTS)
    if like is None or len(m.handles) > 1 or m.is_inner:
        return False
    named = {"container": "", "shared_name": f"v{len(m.handles)}"}
    handle = m.add(Spec((), "resource"))
    m.op(name, [], handle, **named)
    read = m.op("READ_VARIABLE", [handle], m.like(like))
    if m.rng.random() < 0.4:
        data = m.numbers.integers(-100, 100, m.shape_of(read)).astype(m.dtype)
        if not m.is_int8:
            data /= 16  # of -95 the logarithm of LOGISTIC is -95, or that of 0
        specs = [Spec((), "resource"), replace(m.specs[read], data=data)]
        first = [Op(name, [], [0], named), Op("ASSIGN_VARIABLE", [0, 1], [])]
        m.called.append(Subgraph(specs, first, [], []))
        m.operators.insert(0, Op("CALL_ONCE", [], [], {"init_subgraph_index": len(m.called)}))
    m.handles.append((handle, read))
    m.values.append(read)
    return True


def _as_sequence(m: _Maker) -> int:
    """A value of two axes as one of three; 0, which is an input of the graph, if there is none."""
    source = m.pick(lambda shape: len(shape) == 2)
    if source is None:
        return 0
    shape = (1, *m.shape_of(source))
    return m.op("RESHAPE", [source, m.ints(*shape)], m.like(source, shape))


@_rule("UNIDIRECTIONAL_SEQUENCE_LSTM")
def _lstm(m: _Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) == 3 and shape[0] == 1)
    if m.is_inner or (source is None and not (source := _as_sequence(m))):
        return False
    _, steps, features = m.shape_of(source)
    units = m.rng.randint(1, 6)
    weights = [m.weights((units, n), None)[0] for n in [features] * 4 + [units] * 4]
    biases = [m.bias(units, source, [0.003]) for _ in range(4)]
    if -1 in biases:
        return False
    cell = Spec((1, units), "int16", 2.0 ** m.rng.choice((-11, -12)), variable=True)
    if m.dtype == "float32":
        cell = Spec((1, units), variable=True)
    scale, zero_point = m.scale(0.006, 0.009), m.rng.randint(-20, 20)
    state = m.specs[m.fixed((1, units), scale, zero_point)]
    states = [m.add(replace(state, variable=True)), m.add(cell)]
    inputs = [source, *weights, *[-1] * 3, *biases, -1, -1, *states, *[-1] * 4]
    out = m.add(replace(state, shape=(1, steps, units)))
    return m.value(name, inputs, out, fused_activation_function="TANH", cell_clip=0.0)


def _number(m: _Maker) -> int | None:
    """A small int32 that depends on data: where the largest of a few elements is."""
    source = m.pick(lambda shape: prod(shape) > 1)
    if source is None:
        return None
    flat = m.op("RESHAPE", [source, m.ints(-1)], m.like(source, (prod(m.shape_of(source)),)))
    few = m.like(flat, (min(6, m.shape_of(flat)[0]),))
    m.op("SLICE", [flat, m.ints(0), m.ints(m.shape_of(few)[0])], few)
    out = m.add(Spec((), "int32"))
    return m.op("ARG_MAX", [few, m.ints(0, shape=())], out, output_type="int32")


def _inner(m: _Maker, given: Sequence[Spec], wanted: Sequence[Spec]) -> _Maker:
    """Some operators on these values; its last ones are in the form of `wanted`."""
    inner = _Maker(m.rng, m.dtype, is_inner=True)
    inner.values = [inner.add(replace(spec, data=None, variable=False)) for spec in given]
    inner.inputs = list(inner.values)
    for _ in range(m.rng.randint(1, 5)):
        _RULES[m.rng.choice(sorted(_RULES))](inner)
    outputs = []
    for spec in wanted:
        same = [i for i in inner.values if inner.shape_of(i) == spec.shape]
        name = "QUANTIZE" if m.is_int8 else "RESHAPE"
        operands = [m.rng.choice(same)]
        outputs.append(inner.op(name, operands, inner.add(replace(spec, data=None))))
    inner.values = outputs
    return inner


@_rule("WHILE")
def _while(m: _Maker, name: str) -> bool:
    """Up to five trips, as many as data say, on one or two values."""
    limit = None if m.is_inner else _number(m)
    if limit is None:
        return False
    carried = m.rng.sample(m.values, m.rng.randint(1, min(2, len(m.values))))
    specs = [replace(m.specs[i], data=None, variable=False) for i in carried]
    number, n = Spec((), "int32"), len(carried) + 2
    condition = Subgraph(
        [number, number, *specs, Spec((), "bool")], [Op("LESS", [0, 1], [n])], range(n), [n]
    )
    body = _inner(m, specs, specs)
    counters = [body.add(number) for _ in range(3)]
    body.op("ADD", [counters[0], body.ints(1, shape=())], counters[2])
    inputs = [*counters[:2], *body.inputs]
    outputs = [counters[2], counters[1], *body.values]
    m.called += [condition, Subgraph(body.specs, body.operators, inputs, outputs)]
    results = [m.add(number), m.add(number), *(m.add(spec) for spec in specs)]
    m.op(
        name,
        [m.ints(0, shape=()), limit, *carried],
        *results,
        cond_subgraph_index=len(m.called) - 1,
        body_subgraph_index=len(m.called),
    )
    m.values += results[2:]
    return True


@_rule("IF")
def _if(m: _Maker, name: str) -> bool:
    number = None if m.is_inner else _number(m)
    if number is None:
        return False
    condition = m.op("GREATER", [number, m.ints(1, shape=())], m.add(Spec((), "bool")))
    given = m.rng.sample(m.values, m.rng.randint(1, min(2, len(m.values))))
    specs = [replace(m.specs[i], data=None, variable=False) for i in given]
    for _ in range(2):
        branch = _inner(m, specs, specs[:1])
        m.called.append(Subgraph(branch.specs, branch.operators, branch.inputs, branch.values))
    return m.value(
        name,
        [condition, *given],
        m.add(specs[0]),
        then_subgraph_index=len(m.called) - 1,
        else_subgraph_index=len(m.called),
    )
