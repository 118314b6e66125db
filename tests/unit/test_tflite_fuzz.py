"""Broken .tflite files give an error of ours or a sound graph: nothing else, and soon."""

from __future__ import annotations

import random
import struct
import tracemalloc
from collections.abc import Iterator
from itertools import islice

import pytest
import small_graphs
from tflite_builder import Spec, single_operator

from hilbench.core.errors import FormatError, Unsupported
from hilbench.engines.aot.compiler import compile_graph
from hilbench.tflite.graph import Graph
from hilbench.tflite.reader import parse

MODELS = {
    "rnn": small_graphs.simple_rnn("int8", steps=3),
    "cnn": small_graphs.residual_cnn("int8"),
}
PER_KIND = 300
# The largest of the files is 6 kB; a reader that believes a length may ask for gigabytes.
MEMORY_LIMIT = 16 << 20


def byte_flips(model: bytes, rng: random.Random) -> Iterator[bytes]:
    for _ in range(PER_KIND):
        data = bytearray(model)
        for _ in range(rng.choice((1, 1, 2, 8, 64))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        yield bytes(data)


def truncations(model: bytes, rng: random.Random) -> Iterator[bytes]:
    for _ in range(PER_KIND):
        yield model[: rng.randrange(len(model))]


def random_integers(model: bytes, rng: random.Random) -> Iterator[bytes]:
    """Offsets, lengths and indices are aligned words: overwrite them."""
    extremes = (0, 1, 4, 2**16, 2**31 - 1, 2**31, 2**32 - 1)
    for _ in range(3 * PER_KIND):
        data = bytearray(model)
        for _ in range(rng.choice((1, 2, 4))):
            value = rng.choice((*extremes, rng.randrange(len(model)), rng.randrange(2**32)))
            struct.pack_into("<I", data, 4 * rng.randrange(len(data) // 4), value)
        yield bytes(data)


def swapped_words(model: bytes, rng: random.Random) -> Iterator[bytes]:
    for _ in range(PER_KIND):
        data = bytearray(model)
        a, b = (4 * rng.randrange(2, len(data) // 4) for _ in range(2))
        data[a : a + 4], data[b : b + 4] = data[b : b + 4], data[a : a + 4]
        yield bytes(data)


def noise(model: bytes, rng: random.Random) -> Iterator[bytes]:
    for _ in range(PER_KIND):
        yield rng.randbytes(4) + b"TFL3" + rng.randbytes(rng.randrange(len(model)))


KINDS = (byte_flips, truncations, random_integers, swapped_words, noise)


def outcome(data: bytes) -> Graph | None:
    """The graph, checked for what the rest relies on, or None where the file was refused."""
    try:
        graph = parse(data)
    except (FormatError, Unsupported):
        return None
    for tensor in graph.tensors:
        assert tensor.data is None or tensor.data.nbytes <= len(data)
    for operator in graph.operators:
        assert all(-1 <= index < len(graph.tensors) for index in operator.inputs)
        assert all(0 <= index < len(graph.tensors) for index in operator.outputs)
    return graph


@pytest.mark.parametrize("name", sorted(MODELS))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_mutated_files(kind, name: str) -> None:
    """Both models and all kinds: 2 x 7 x PER_KIND = 4,200 files.

    A graph that is read also goes through the compiler, which may refuse it.
    """
    refused = 0
    for data in kind(MODELS[name], random.Random(f"{kind.__name__} {name}")):
        graph = outcome(data)
        refused += graph is None
        if graph is not None:
            compile_or_refuse(graph)
    assert refused > 0


def compile_or_refuse(graph: Graph) -> None:
    try:
        compile_graph(graph, "")
    except (FormatError, Unsupported):
        return


def test_lengths_are_not_believed() -> None:
    files = list(islice(random_integers(MODELS["rnn"], random.Random(1)), 50))
    tracemalloc.start()
    try:
        for data in files:
            if (graph := outcome(data)) is not None:
                compile_or_refuse(graph)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY_LIMIT


def test_shapes_are_not_believed() -> None:
    """A shape is a claim of a few bytes: of 2^31 channels, here."""
    specs = [Spec((1, 1, 1, 2**31 - 1), "int8", 0.5), Spec((1, 2**31 - 1), "int8", 0.5)]
    graph = parse(single_operator("RESHAPE", specs[:1], specs[1:]))
    tracemalloc.start()
    try:
        with pytest.raises(Unsupported, match="activations of"):
            compile_graph(graph, "")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY_LIMIT


def test_vectors_that_overlap_are_not_expanded_without_end() -> None:
    """10,000 subgraphs that are one and the same table of 60 kB: 600 MB, to a naive reader."""
    count, table_bytes = 10_000, 60_000
    vtables = struct.pack("<5H", 10, 12, 4, 0, 8) + struct.pack("<3H", 6, table_bytes, 4)
    model = 8 + len(vtables)
    vector = model + 12
    shared = vector + 4 + 4 * count
    data = struct.pack("<I4s", model, b"TFL3") + vtables
    data += struct.pack("<iII", model - 8, 3, vector - (model + 8))
    data += struct.pack("<I", count)
    data += b"".join(struct.pack("<I", shared - (vector + 4 + 4 * i)) for i in range(count))
    data += struct.pack("<i", shared - (8 + 10)) + bytes(table_bytes)
    with pytest.raises(FormatError, match="vectors overlap"):
        parse(data)
