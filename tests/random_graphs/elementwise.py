"""Operators of one or two values, and what reduces."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from tflite_builder import Spec

from random_graphs.maker import ACTIVATIONS, Maker
from random_graphs.registry import rule


@rule("ADD", "SUB", "MUL", "DIV", "SQUARED_DIFFERENCE", "MINIMUM", "MAXIMUM", "PRELU")
def _binary(m: Maker, name: str) -> bool:
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
    if name in ("MINIMUM", "MAXIMUM") and m.dtype != "float32":
        if m.specs[b].data is not None:
            m.specs[b] = replace(
                m.specs[b], scale=m.specs[a].scale, zero_point=m.specs[a].zero_point
            )
        elif (m.specs[b].scale, m.specs[b].zero_point) != (m.specs[a].scale, m.specs[a].zero_point):
            return False
        return m.value(name, [a, b], m.like(a))
    scale = _scale_of_two(m, name, m.scale_of(a), m.scale_of(b))
    inputs = [b, a] if name in ("ADD", "SUB", "MUL") and m.rng.random() < 0.3 else [a, b]
    options = {"fused_activation_function": m.rng.choice(ACTIVATIONS)}
    if name in ("SQUARED_DIFFERENCE", "PRELU"):
        options = {}
    return m.value(name, inputs, m.activation(shape, scale), **options)


def _scale_of_two(m: Maker, name: str, a: float, b: float) -> float:
    if name == "DIV":
        # TFLM shifts by more than a word, which C leaves open, where the factor is below 2^7.
        return a / b / 2**10
    if name == "SQUARED_DIFFERENCE" and m.is_int16:
        return max(a, b) ** 2 * 2**17
    products = name in ("MUL", "SQUARED_DIFFERENCE")
    return a * b * (90 << 8 if m.is_int16 else 90) if products else max(a, b)


@rule("ABS", "ELU", "HARD_SWISH", "LEAKY_RELU", "RELU", "RELU6", "TANH", "LOGISTIC", "SOFTMAX")
def _unary(m: Maker, name: str) -> bool:
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


@rule("SQUARE", "SQRT", "EXP", "LOG", "NEG", "SIN", "COS", "LOG_SOFTMAX", "L2_NORMALIZATION")
def _real(m: Maker, name: str) -> bool:
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


@rule("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN")
def _reduce(m: Maker, name: str) -> bool:
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


@rule("ARG_MAX", "ARG_MIN")
def _arg(m: Maker, name: str) -> bool:
    source = m.pick(lambda shape: len(shape) > 1)
    if source is None:
        return False
    shape = m.shape_of(source)
    axis = m.rng.randrange(len(shape))
    out = m.add(Spec(shape[:axis] + shape[axis + 1 :], "int32"))
    m.others.append(m.op(name, [source, m.ints(axis, shape=())], out, output_type="int32"))
    return True
