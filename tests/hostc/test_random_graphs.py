"""The first graphs of tools/fuzz_graphs.py, which runs thousands of them outside CI."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from graph_verdict import Verdict, smallest, verdict
from random_graphs import RandomGraph, random_graph
from tflite_builder import Op, Spec

GRAPHS = 6


def test_random_graphs_give_what_tflm_gives() -> None:
    kinds: Counter[str] = Counter()
    for number in range(GRAPHS):
        found = verdict(random_graph(f"ci.{number}"))
        assert not found.is_fault, f"ci.{number}: {found.what}\n{found.graph}"
        kinds[found.kind] += 1
    assert kinds["same"] >= GRAPHS - 1


def test_a_seed_gives_the_same_graph_and_another_one_another() -> None:
    files = [random_graph(n).tflite() for n in (1, 2, 1)]
    assert files[0] == files[2] != files[1]


def test_what_fails_is_cut_to_what_fails() -> None:
    """An operator that the engine lacks, in a row of others."""
    specs = tuple(Spec((1, 4)) for _ in range(6))
    names = ("TANH", "ABS", "EMBEDDING_LOOKUP", "NEG", "LOGISTIC")
    operators = tuple(Op(name, [n], [n + 1]) for n, name in enumerate(names))
    found = Verdict(RandomGraph(specs, operators, (0,), (5,)), "refused", "")
    left = smallest(found).graph.operators
    assert [op.name for op in islice(left, 2)] == ["EMBEDDING_LOOKUP"]
