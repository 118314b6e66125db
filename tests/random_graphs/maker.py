"""What a rule makes its operators with."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

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


@dataclass
class Maker:
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
