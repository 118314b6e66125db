"""Small graphs of random operators, shapes and scales: a .tflite from a seed.

What is random is what hides faults in a compiler: which tensors live side by side, what is a
view of what, which kernel a scale chooses. Arithmetic stays within what an operator is defined
for: no division by zero, no logarithm of what may be negative.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

# The modules of rules are imported for what they register.
from random_graphs import control, elementwise, others, shapes, weighted  # noqa: F401
from random_graphs.maker import Maker, RandomGraph
from random_graphs.registry import RULES, rules

__all__ = ["RandomGraph", "graphs_of_each_rule", "random_graph", "rules"]


def random_graph(seed: int | str) -> RandomGraph:
    """Up to a dozen operators in int8, int16 or float32, some with state or subgraphs."""
    rng = random.Random(f"graph {seed}")
    maker = Maker(rng, rng.choice(("int8", "int8", "int8", "float32", "float32", "int16")))
    for _ in range(rng.randint(1, 3)):
        maker.inputs.append(maker.activation(maker.shape()))
        maker.values.append(maker.inputs[-1])
    names = rng.sample(rules(maker.dtype), k=rng.randint(3, 12))  # a graph of a few kinds
    for _ in range(rng.randint(1, 12)):
        for _ in range(8):
            if RULES[rng.choice(names)](maker):
                break
    maker.assign()
    return maker.graph()


def graphs_of_each_rule(dtype: str, count: int) -> Iterator[RandomGraph]:
    """Graphs of one rule each, whatever other rules there are."""
    for name in rules(dtype):
        for number in range(count):
            maker = Maker(random.Random(f"rule {name} {dtype} {number}"), dtype)
            maker.inputs = [maker.activation(shape) for shape in ((1, 4, 6, 4), (1, 3, 8), (2, 4))]
            maker.values = list(maker.inputs)
            if any(RULES[name](maker) for _ in range(8)):
                maker.assign()
                yield maker.graph()
