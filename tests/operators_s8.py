"""One int8 model that has every computing operator of the RNN campaign, side by side.

No operator reads another's output, so a difference in an output is one operator's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tflite_builder import Op, Spec, model

ELEMENTS = 64
STEPS, FEATURES, UNITS = 8, 32, 64
LSTM = "UNIDIRECTIONAL_SEQUENCE_LSTM"


@dataclass(frozen=True)
class Case:
    """An operator; `inputs` without data are fed, except variables; None is left out."""

    name: str
    inputs: tuple[Spec | None, ...]
    output: Spec
    options: dict[str, int | float | str | bool]

    @property
    def fed(self) -> list[Spec]:
        return [spec for spec in self.inputs if spec is not None and _is_fed(spec)]


def _is_fed(spec: Spec) -> bool:
    return spec.data is None and not spec.variable


def cases(seed: int) -> list[Case]:
    """The operators with scales as a trained network has them, weights from `seed`."""
    rng = np.random.default_rng(seed)
    scales = [float(np.float32(x)) for x in np.exp(rng.uniform(np.log(0.005), np.log(0.03), 6))]
    a, b = (_vector(scale, int(rng.integers(-40, 40))) for scale in scales[:2])
    out = _vector(float(np.float32(1.3)) * max(scales[:2]), 11)
    product = _vector(scales[0] * scales[1] * 90, -5)
    tanh, logistic = _vector(1 / 128, 0), _vector(1 / 256, -128)
    return [
        _dense(rng, scales[2], scales[3]),
        Case("ADD", (a, b), out, {}),
        Case("SUB", (a, b), out, {}),
        Case("MUL", (a, b), product, {}),
        Case("TANH", (_vector(2.3 * scales[4], 3),), tanh, {}),
        Case("LOGISTIC", (_vector(2.3 * scales[5], -9),), logistic, {}),
        Case("QUANTIZE", (a,), out, {}),
        Case("SOFTMAX", (_vector(4 * scales[4], 20),), logistic, {"beta": 1.0}),
        _lstm(rng),
    ]


def build(found: list[Case]) -> bytes:
    """The .tflite; inputs in the order of the cases and of `Case.fed`, an output per case."""
    specs: list[Spec] = []
    operators, fed, outputs = [], [], []
    for case in found:
        numbers = []
        for spec in case.inputs:
            numbers.append(-1 if spec is None else len(specs))
            if spec is not None:
                specs.append(spec)
        fed += [number for number in numbers if number >= 0 and _is_fed(specs[number])]
        outputs.append(len(specs))
        specs.append(case.output)
        operators.append(Op(case.name, numbers, outputs[-1:], case.options))
    return model(specs, operators, fed, outputs)


def samples(found: list[Case], count: int, seed: int) -> list[list[bytes]]:
    """`count` random samples: the bytes of each input of the model."""
    rng = np.random.default_rng(seed)
    shapes = [spec.shape for case in found for spec in case.fed]
    return [
        [rng.integers(-128, 128, shape).astype(np.int8).tobytes() for shape in shapes]
        for _ in range(count)
    ]


def _vector(scale: float, zero_point: int) -> Spec:
    return Spec((1, ELEMENTS), "int8", scale, zero_point)


def _dense(rng: np.random.Generator, source: float, weight: float) -> Case:
    weights = rng.integers(-127, 128, (UNITS, FEATURES)).astype(np.int8)
    bias = rng.integers(-20000, 20000, UNITS).astype(np.int32)
    inputs = (
        Spec((1, FEATURES), "int8", source, -17),
        Spec(weights.shape, "int8", weight, data=weights),
        Spec(bias.shape, "int32", source * weight, data=bias),
    )
    output = Spec((1, UNITS), "int8", source * weight * 700, 4)
    return Case("FULLY_CONNECTED", inputs, output, {})


def _lstm(rng: np.random.Generator) -> Case:
    """As the converter makes it: input, 8 weights, 4 biases, hidden and cell state."""

    def weights(columns: int) -> Spec:
        data = rng.integers(-127, 128, (UNITS, columns)).astype(np.int8)
        return Spec(data.shape, "int8", 0.003, data=data)

    def bias() -> Spec:
        return Spec((UNITS,), "int32", 6e-5, data=rng.integers(-9000, 9000, UNITS, np.int32))

    inputs: tuple[Spec | None, ...] = (
        Spec((1, STEPS, FEATURES), "int8", 0.02, -7),
        *(weights(columns) for columns in [FEATURES] * 4 + [UNITS] * 4),
        *([None] * 3),
        *(bias() for _ in range(4)),
        *([None] * 2),
        Spec((1, UNITS), "int8", 0.007, 5, variable=True),
        Spec((1, UNITS), "int16", 2.0**-12, variable=True),
        *([None] * 4),
    )
    output = Spec((1, STEPS, UNITS), "int8", 0.007, 5)
    return Case(LSTM, inputs, output, {"fused_activation_function": "TANH", "cell_clip": 0.0})
