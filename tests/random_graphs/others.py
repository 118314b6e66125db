"""Products, sums, selections, and what keeps state."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from tflite_builder import Op, Spec, Subgraph

from random_graphs.maker import MOST_ELEMENTS, Maker
from random_graphs.registry import rule


@rule("BATCH_MATMUL")
def _matmul(m: Maker, name: str) -> bool:
    a = m.pick(lambda shape: len(shape) in (2, 3))
    if a is None:
        return False
    shape = m.shape_of(a)
    columns = m.rng.randint(1, 5)
    b = m.constant((*shape[:-2], shape[-1], columns))
    scale = m.scale_of(a) * m.scale_of(b) * 60
    return m.value(name, [a, b], m.activation((*shape[:-1], columns), scale))


@rule("CUMSUM")
def _cumsum(m: Maker, name: str) -> bool:
    source = m.pick()
    if source is None:
        return False
    axis = m.rng.randrange(len(m.shape_of(source)))
    if m.is_int8 and m.shape_of(source)[axis] > 15:
        return False  # TFLM's sums may leave 32 bits
    options = {"exclusive": m.rng.random() < 0.5, "reverse": m.rng.random() < 0.5}
    out = m.activation(m.shape_of(source), m.scale_of(source))
    return m.value(name, [source, m.ints(axis, shape=())], out, **options)


@rule("QUANTIZE")
def _quantize(m: Maker, name: str) -> bool:
    source = m.pick()
    if source is None or m.dtype == "float32":
        return False
    shape = m.shape_of(source)
    if m.rng.random() < 0.3:  # there and back through real numbers
        source = m.op("DEQUANTIZE", [source], m.add(Spec(shape)))
    return m.value(name, [source], m.activation(shape, m.scale()))


@rule("SELECT_V2")
def _select(m: Maker, name: str) -> bool:
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


@rule("VAR_HANDLE")
def _variable(m: Maker, name: str) -> bool:
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


def _as_sequence(m: Maker) -> int:
    """A value of two axes as one of three; 0, which is an input of the graph, if there is none."""
    source = m.pick(lambda shape: len(shape) == 2)
    if source is None:
        return 0
    shape = (1, *m.shape_of(source))
    return m.op("RESHAPE", [source, m.ints(*shape)], m.like(source, shape))


@rule("UNIDIRECTIONAL_SEQUENCE_LSTM")
def _lstm(m: Maker, name: str) -> bool:
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
