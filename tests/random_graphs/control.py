"""Loops and branches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from tflite_builder import Op, Spec, Subgraph

from random_graphs.maker import Maker
from random_graphs.registry import RULES, rule


def _number(m: Maker) -> int | None:
    """A small int32 that depends on data: where the largest of a few elements is."""
    source = m.pick(lambda shape: prod(shape) > 1)
    if source is None:
        return None
    flat = m.op("RESHAPE", [source, m.ints(-1)], m.like(source, (prod(m.shape_of(source)),)))
    few = m.like(flat, (min(6, m.shape_of(flat)[0]),))
    m.op("SLICE", [flat, m.ints(0), m.ints(m.shape_of(few)[0])], few)
    out = m.add(Spec((), "int32"))
    return m.op("ARG_MAX", [few, m.ints(0, shape=())], out, output_type="int32")


def _inner(m: Maker, given: Sequence[Spec], wanted: Sequence[Spec]) -> Maker:
    """Some operators on these values; its last ones are in the form of `wanted`."""
    inner = Maker(m.rng, m.dtype, is_inner=True)
    inner.values = [inner.add(replace(spec, data=None, variable=False)) for spec in given]
    inner.inputs = list(inner.values)
    for _ in range(m.rng.randint(1, 5)):
        RULES[m.rng.choice(sorted(RULES))](inner)
    outputs = []
    for spec in wanted:
        same = [i for i in inner.values if inner.shape_of(i) == spec.shape]
        name = "QUANTIZE" if m.is_int8 else "RESHAPE"
        operands = [m.rng.choice(same)]
        outputs.append(inner.op(name, operands, inner.add(replace(spec, data=None))))
    inner.values = outputs
    return inner


@rule("WHILE")
def _while(m: Maker, name: str) -> bool:
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


@rule("IF")
def _if(m: Maker, name: str) -> bool:
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
