"""slim: the same model in fewer bytes, refused files, files that are broken."""

from __future__ import annotations

import inspect
import random
import re
from dataclasses import replace
from itertools import islice
from types import ModuleType

import flatbuffers
import numpy as np
import pytest
import small_graphs
from test_tflite_fuzz import KINDS
from tflite_builder import Spec, single_operator

from hilbench.core import extras
from hilbench.core.errors import FormatError, Unsupported
from hilbench.tflite import references, schema
from hilbench.tflite.flatbuffer import File
from hilbench.tflite.graph import Graph
from hilbench.tflite.reader import parse
from hilbench.tflite.slim import slim
from hilbench.tflite.writer import Writer

GRAPHS = {
    f"{name}_{dtype}": getattr(small_graphs, name)(dtype)
    for name in ("simple_rnn", "gated_rnn", "skip_connection", "residual_cnn")
    for dtype in ("float32", "int8")
}


def nameless(graph: Graph) -> Graph:
    """The graph with constants as bytes, so that two can be compared."""
    tensors = tuple(
        replace(t, name="", data=None if t.data is None else t.data.tobytes())
        for t in graph.tensors
    )
    return replace(graph, tensors=tensors)


def run(model: bytes, seed: int) -> bytes:
    """What TFLM computes for random inputs."""
    runtime = extras.tflite_micro_runtime()
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
    wanted = interpreter.get_input_details(0)
    values = np.random.default_rng(seed).integers(-100, 100, wanted["shape"])
    interpreter.set_input(values.astype(wanted["dtype"]), 0)
    interpreter.invoke()
    return interpreter.get_output(0).tobytes()


@pytest.mark.parametrize("name", GRAPHS)
def test_the_model_is_the_same(name: str) -> None:
    before, after = GRAPHS[name], slim(GRAPHS[name])
    assert nameless(parse(after)) == nameless(parse(before))
    assert all(tensor.name == "" for tensor in parse(after).tensors)
    assert len(after) < 0.8 * len(before)
    assert [run(after, seed) for seed in range(3)] == [run(before, seed) for seed in range(3)]


@pytest.mark.parametrize("name", GRAPHS)
def test_slimming_twice_changes_nothing(name: str) -> None:
    once = slim(GRAPHS[name])
    assert slim(once) == once


def constants_of(model: bytes) -> list[int]:
    """Where each buffer's contents start in the file."""
    buffers = File(model).root(schema.FILE_IDENTIFIER).tables(schema.Model.BUFFERS)
    contents = [bytes(b.span(schema.Buffer.DATA)) for b in buffers]
    return [model.index(content) for content in contents if content]


def test_equal_constants_are_stored_once_and_aligned() -> None:
    weights = np.arange(-10, 10, dtype=np.float32).reshape(4, 5)
    twins = [Spec((4, 5), data=weights), Spec((4, 5), data=weights.copy())]
    before = single_operator("ADD", twins, [Spec((4, 5))])
    assert before.count(weights.tobytes()) == 2
    after = slim(before)
    assert after.count(weights.tobytes()) == 1
    assert all(place % 16 == 0 for place in constants_of(after))
    assert len(constants_of(after)) == 1


def with_metadata(name: str) -> bytes:
    """A file whose only metadata has this name and buffer 0."""
    w = Writer()
    buffers = w.tables([w.table({})])
    entry = w.table({schema.Metadata.NAME: w.text(name.encode())})
    metadata = w.tables([entry])
    m = schema.Model
    fields = {m.VERSION: b"\3\0\0\0", m.BUFFERS: buffers, m.METADATA: metadata}
    return w.file(w.table({**fields, m.DESCRIPTION: w.text(b"said by")}), schema.FILE_IDENTIFIER)


def test_only_metadata_that_tflm_reads_is_kept() -> None:
    plan = slim(with_metadata("OfflineMemoryAllocation"))
    assert b"OfflineMemoryAllocation" in plan
    assert b"said by" not in plan
    assert b"runtime" not in slim(with_metadata("min_runtime_version"))


def test_compressed_tensors_are_refused() -> None:
    with pytest.raises(Unsupported, match=r"^slim: a file with compressed tensors$"):
        slim(with_metadata("COMPRESSION_METADATA"))


def test_fields_of_a_newer_schema_are_refused() -> None:
    w = Writer()
    fields = {schema.Model.VERSION: b"\3\0\0\0", schema.Model.BUFFERS: w.tables([w.table({})])}
    newer = w.file(w.table({**fields, 10: w.text(b"?")}), schema.FILE_IDENTIFIER)
    with pytest.raises(Unsupported, match=r"^slim: field 10 of a table is newer than hilbench$"):
        slim(newer)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_broken_files_are_refused_or_stay_what_they_are(kind) -> None:
    """A mutation that the reader accepts is a model, and slimming keeps it."""
    files = kind(GRAPHS["simple_rnn_int8"], random.Random(kind.__name__))
    for data in islice(files, 150):
        try:
            after, graph = slim(data), parse(data)
        except (FormatError, Unsupported):
            continue
        assert nameless(parse(after)) == nameless(graph)


def test_the_official_package_reads_what_the_writer_wrote() -> None:
    w = Writer()
    inner = w.table({0: b"\x07", 2: b"\x01\x02\x03\x04\x05\x06\x07\x08"})
    root = w.table({1: w.tables([inner, inner]), 3: w.text(b"name"), 4: w.vector(b"abc", 1, 16)})
    data = w.file(root, b"TEST")
    table = flatbuffers.table.Table(
        data, flatbuffers.encode.Get(flatbuffers.packer.uoffset, data, 0)
    )
    assert flatbuffers.util.BufferHasIdentifier(data, 0, b"TEST")
    assert table.String(table.Offset(4 + 2 * 3) + table.Pos) == b"name"
    vector = table.Vector(table.Offset(4 + 2 * 4))
    assert (vector % 16, data[vector : vector + 3]) == (0, b"abc")
    tables = table.Vector(table.Offset(4 + 2 * 1))
    first, second = (table.Indirect(tables + 4 * i) for i in range(2))
    assert first == second
    child = flatbuffers.table.Table(data, first)
    uint64 = flatbuffers.number_types.Uint64Flags
    assert child.Get(uint64, first + child.Offset(4 + 2 * 2)) == 0x0807060504030201
    assert (first + child.Offset(4 + 2 * 2)) % 8 == 0


@pytest.fixture(scope="module")
def official() -> ModuleType:
    from tensorflow.lite.python import schema_py_generated

    return schema_py_generated


def outward(table: type) -> set[int]:
    """Numbers of the fields whose accessors follow an offset."""
    found = set()
    for name, accessor in inspect.getmembers(table, inspect.isfunction):
        source = inspect.getsource(accessor)
        slot = re.search(r"_tab\.Offset\((\d+)\)", source)
        if slot and re.search(r"_tab\.(Vector|String|Union|Indirect)", source):
            assert name != "GetRootAs"
            found.add((int(slot[1]) - 4) // 2)
    return found


TABLES = {
    "Model": references.MODEL,
    "OperatorCode": references.OPERATOR_CODE,
    "SubGraph": references.SUBGRAPH,
    "Tensor": references.TENSOR,
    "QuantizationParameters": references.QUANTIZATION,
    "Operator": references.OPERATOR,
    "Buffer": references.BUFFER,
    "Metadata": references.METADATA,
}


@pytest.mark.keras
@pytest.mark.parametrize("name", TABLES)
def test_every_field_that_leads_out_of_a_table_is_known(official: ModuleType, name: str) -> None:
    shape = TABLES[name]
    count = sum(
        re.fullmatch(rf"{name}Add[A-Z]\w*", attribute) is not None for attribute in vars(official)
    )
    assert outward(getattr(official, name)) <= set(shape.references)
    assert shape.fields == count


@pytest.mark.keras
def test_every_kind_of_options_is_known(official: ModuleType) -> None:
    kinds = {n: k for k, n in vars(official.BuiltinOptions).items() if isinstance(n, int) and n}
    assert set(kinds) == set(references.OPTIONS)
    for number, kind in kinds.items():
        followed = outward(getattr(official, kind))
        assert followed == set(references.OPTIONS[number].references), kind
