"""The engine aot without a C compiler: what it refuses, what it promises, what it writes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import small_graphs
from tflite_builder import Op, Spec, model, single_operator

from hilbench.config.board import boards, load_board
from hilbench.core import hashing
from hilbench.core.errors import FormatError, Unsupported, UsageError
from hilbench.core.paths import firmware_dir
from hilbench.core.registry import collect
from hilbench.core.settings import Settings
from hilbench.engines.aot import ENGINE, ops
from hilbench.engines.aot.compiler import compile_graph
from hilbench.engines.aot.emit import Emitted
from hilbench.engines.aot.lower import lowerings
from hilbench.engines.aot.passes.flatten import LOOP
from hilbench.engines.aot.passes.fold import fold_constants
from hilbench.engines.aot.passes.lstm_steps import LSTM_STEP
from hilbench.engines.aot.passes.rewriting import COPY
from hilbench.engines.base import engines, load_engine
from hilbench.tflite import schema
from hilbench.tflite.reader import parse

BOARD = load_board("mps2_an386")

F32 = Spec((1, 4))
S8 = Spec((1, 4), "int8", 0.1)
TANH_S8 = Spec((1, 4), "int8", 1 / 128)
WEIGHTS = np.ones((4, 4), np.int8)
FULLY_CONNECTED = "FULLY_CONNECTED"


def compiled(data: bytes) -> Emitted:
    return compile_graph(parse(data), "0" * 64)


def unsupported(data: bytes) -> str:
    with pytest.raises(Unsupported) as caught:
        compiled(data)
    return str(caught.value)


HUGE_BIAS = Spec((4,), "int32", 0.01, data=np.full(4, (1 << 31) - 1, np.int32))


def int8_layer(**changes: object) -> list[Spec | None]:
    """Inputs of a FULLY_CONNECTED, with other weights."""
    return [S8, Spec(**{"shape": (4, 4), "dtype": "int8", "scale": 0.1, "data": WEIGHTS} | changes)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (single_operator("SEGMENT_SUM", [F32], [F32]), ["SEGMENT_SUM (operator 0)", "engine aot"]),
        (single_operator("CUSTOM", [F32], [F32]), ["CUSTOM", "custom operators"]),
        (
            single_operator("ELU", [Spec((1, 4), "int16", 0.1)], [Spec((1, 4), "int16", 0.1)]),
            ["ELU", "tensor 0 int16[1, 4]", "not float32 or int8"],
        ),
        (single_operator("TANH", [S8], [F32]), ["TANH", "mixes types", "tensor 1 float32"]),
        (single_operator("TANH", [S8], [S8]), ["TANH", "output scale 0.1"]),
        (single_operator("TANH", [Spec((1, 4), "int8")], [TANH_S8]), ["tensor 0", "has no scale"]),
        (
            single_operator("ADD", [F32, F32], [F32], fused_activation_function="TANH"),
            ["ADD", "fused activation TANH"],
        ),
        (
            single_operator("ADD", [F32, Spec((1, 3))], [F32]),
            ["ADD", "[1, 4] and [1, 3] do not broadcast"],
        ),
        (
            single_operator("BATCH_MATMUL", [F32, int8_layer()[1]], [F32]),
            ["BATCH_MATMUL", "mixes types", "float32", "int8"],  # hybrid
        ),
        (
            single_operator(FULLY_CONNECTED, [S8, Spec((4, 4), "int8", 0.1)], [S8]),
            [FULLY_CONNECTED, "tensor 1 int8[4, 4]", "not a constant"],
        ),
        (
            single_operator(FULLY_CONNECTED, int8_layer(zero_point=3), [S8]),
            [FULLY_CONNECTED, "has a zero point"],
        ),
        (
            single_operator(FULLY_CONNECTED, int8_layer(scale=[0.1] * 4, dimension=1), [S8]),
            [FULLY_CONNECTED, "scale per channel of dimension 1"],
        ),
        (
            single_operator(FULLY_CONNECTED, [*int8_layer()[:2], HUGE_BIAS], [S8]),
            [FULLY_CONNECTED, "sums of up to", "2^30 and more"],
        ),
        (
            single_operator(FULLY_CONNECTED, int8_layer(), [S8], weights_format=1),
            [FULLY_CONNECTED, "option weights_format=1"],
        ),
        (
            single_operator(FULLY_CONNECTED, int8_layer(), [Spec((1, 5), "int8", 0.1)]),
            [FULLY_CONNECTED, "should have 4 elements"],
        ),
        (
            single_operator("CAST", [F32], [Spec((1, 4), "int16")]),
            ["CAST", "from float32 to int16"],
        ),
        (single_operator("MAX_POOL_2D", [F32], [F32]), ["MAX_POOL_2D", "tensor 0", "not NHWC"]),
        (
            single_operator("CONCATENATION", [S8, S8], [Spec((2, 4), "int8", 0.2)], axis=0),
            ["CONCATENATION", "another scale"],
        ),
        (
            single_operator("UNPACK", [F32], [Spec((4,))], num=1, axis=2),
            ["UNPACK", "axis 2 of 2 axes"],
        ),
        (
            single_operator("UNPACK", [F32], [Spec((4,))], num=2, axis=0),
            ["UNPACK", "option num=2"],
        ),
        (
            single_operator("PACK", [F32], [Spec((1, 1, 4))], values_count=-1, axis=0),
            ["PACK", "option values_count=-1"],
        ),
        (
            single_operator("RESHAPE", [Spec((1, 4), "int64")], [Spec((4,), "int64")]),
            ["graph input", "int64"],
        ),
        (model([F32], [], [0], []), ["without outputs"]),
    ],
)
def test_what_is_not_supported_is_named(data: bytes, words: list[str]) -> None:
    message = unsupported(data)
    for word in words:
        assert word in message


@pytest.mark.parametrize("name", ["ADD", "MINIMUM"])
def test_an_output_of_another_shape_than_the_broadcast_is_refused(name: str) -> None:
    """TFLM finds the axes that repeat by it, and repeats others: the int8 sums differed by 30."""
    wide, row = Spec((4, 4), "int8", 0.1), Spec((1, 4), "int8", 0.1)
    options = {"fused_activation_function": "NONE"} if name == "ADD" else {}
    for shape in ((4, 4), (1, 4, 4)):
        graph = parse(single_operator(name, [row, wide], [Spec(shape, "int8", 0.1)], **options))
        compile_graph(graph, "")
    for output in ((4, 4, 1), (2, 8), (16,)):
        graph = parse(single_operator(name, [row, wide], [Spec(output, "int8", 0.1)], **options))
        with pytest.raises(Unsupported, match="is no broadcast of"):
            compile_graph(graph, "")


def test_all_problems_are_in_one_message_each_kind_once() -> None:
    operators = [Op("SEGMENT_SUM", [i], [i + 1]) for i in range(3)] + [Op("REDUCE_PROD", [3], [4])]
    message = unsupported(model([F32] * 5, operators, [0], [4]))
    assert message == (
        "SEGMENT_SUM (operator 0 and 2 more): not supported by the engine aot; "
        "REDUCE_PROD (operator 3): not supported by the engine aot"
        " (another variant or engine, such as int8_only or tflm)"
    )


def test_a_network_in_int8_is_not_told_to_be_one() -> None:
    line = Spec((1, 4), "int8", 0.1)
    message = unsupported(model([line] * 2, [Op("REDUCE_PROD", [0], [1])], [0], [1]))
    assert "int8_only" not in message
    assert message.endswith("(another engine, such as tflm)")


def test_the_remedy_is_that_of_the_cause() -> None:
    wide = Spec((1, 4), "int16", 0.1)
    file_16x8 = model(
        [wide, wide, *int8_layer()[1:], wide],
        [Op("ELU", [0], [1]), Op("HARD_SWISH", [1], [3])],
        [0],
        [3],
    )
    text = unsupported(file_16x8)
    assert "ELU (operator 0)" in text and "HARD_SWISH (operator 1)" in text
    assert text.endswith("few operators have: int8 ones (int8_only), or the engine tflm)")
    hybrid = unsupported(single_operator("BATCH_MATMUL", [F32, int8_layer()[1]], [F32]))
    assert "convert with samples that calibrate (int8_only) or without quantization" in hybrid
    axis = Spec((), "int32", data=np.array(1, np.int32))
    longs = single_operator("ARG_MAX", [F32, axis], [Spec((1,), "int64")], output_type="int64")
    assert "argmax with output_type int32" in unsupported(longs)


def test_many_problems_are_named_and_all_of_them_kept() -> None:
    names = [name for name in schema.BUILTIN_OPERATORS if name not in lowerings()][-11:]
    operators = [Op(name, [i], [i + 1]) for i, name in enumerate(names)]
    data = model([F32] * (len(names) + 1), operators, [0], [len(names)])
    with pytest.raises(Unsupported) as caught:
        compiled(data)
    assert [line.split()[0] for line in caught.value.problems] == names
    others = ", ".join(names[8:])
    assert caught.value.message.endswith(f"; and {len(names) - 8} more problems, with {others}")
    assert "another variant or engine" in str(caught.value)


def test_a_constant_that_is_written_to_a_state_is_its_first_value() -> None:
    """As the converter writes the states of an LSTM with float16 weights."""
    for first in (0.0, 0.5):
        values = np.full((1, 4), first, np.float16)
        specs = [Spec((1, 4)), Spec((1, 4), "float16", data=values), Spec((1, 4), variable=True)]
        specs += [Spec((1, 4))]
        operators = [Op("DEQUANTIZE", [1], [2]), Op("ADD", [0, 2], [3])]
        graph = fold_constants(parse(model(specs, operators, [0], [3])))
        assert [operator.name for operator in graph.operators] == ["ADD"]
        state = graph.tensors[2]
        assert state.is_variable and state.data is None
        np.testing.assert_array_equal(state.initial, values.astype(np.float32))


def test_constants_that_a_file_asks_for_have_a_limit_in_all() -> None:
    """Each FILL is allowed, all of them are gigabytes."""
    shape = (1 << 11, 1 << 10)
    dims = Spec((2,), "int32", data=np.array(shape, np.int32))
    value = Spec((), data=np.array(1, np.float32))
    filled = range(2, 34)
    operators = [Op("FILL", [0, 1], [n]) for n in filled]
    graph = fold_constants(parse(model([dims, value, *[Spec(shape)] * 32], operators, [], [])))
    assert sum(graph.tensors[n].elements for n in filled if graph.tensors[n].data is not None) == (
        1 << 24
    )
    assert len(graph.operators) == 24


def test_zeros_like_and_broadcast_shapes_are_constants() -> None:
    shapes = [np.array(shape, np.int32) for shape in ((2, 1), (3, 1, 4))]
    specs = [Spec((2, 4)), Spec((2, 4)), *(Spec(s.shape, "int32", data=s) for s in shapes)]
    specs += [Spec((3,), "int32")]
    operators = [Op("ZEROS_LIKE", [0], [1]), Op("BROADCAST_ARGS", [2, 3], [4])]
    graph = fold_constants(parse(model(specs, operators, [0], [])))
    assert not graph.operators
    np.testing.assert_array_equal(graph.tensors[1].data, np.zeros((2, 4)))
    np.testing.assert_array_equal(graph.tensors[4].data, [3, 2, 4])


def test_dead_operators_are_not_compiled() -> None:
    dead = Op("SEGMENT_SUM", [0], [1])
    emitted = compiled(model([F32] * 3, [dead, Op("TANH", [0], [2])], [0], [2]))
    assert emitted.kernels == ("tanh_f32",)


def test_a_computed_shape_is_not_computed() -> None:
    """RESHAPE to the output of SHAPE: the tensor's own shape says the same."""
    specs = [F32, Spec((2,), "int32"), Spec((4, 1))]
    operators = [Op("SHAPE", [0], [1]), Op("RESHAPE", [0, 1], [2])]
    assert compiled(model(specs, operators, [0], [2])).kernels == ()


@pytest.mark.parametrize(
    "graph", [small_graphs.simple_rnn, small_graphs.residual_cnn, small_graphs.odds_and_ends]
)
@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_the_same_file_gives_the_same_text(graph, dtype: str) -> None:
    assert compiled(graph(dtype)) == compiled(graph(dtype))


def test_operators_that_share_weights_share_the_array() -> None:
    text = compiled(small_graphs.simple_rnn("int8", steps=8)).text
    assert len(re.findall(r"^static const int16_t weights_\d+", text, re.M)) == 3
    assert "16 fully_connected_packed_s8" in text


def test_long_programs_are_split_into_functions() -> None:
    """Operators in no order that repeats, so that there is no loop."""
    rng = np.random.default_rng(0)
    names = rng.choice(["TANH", "LOGISTIC", "RELU", "RELU6"], 450)
    operators = [Op(str(name), [i], [i + 1]) for i, name in enumerate(names)]
    text = compiled(model([F32] * 451, operators, [0], [450])).text
    assert re.findall(r"^    (\w+)\(\);", text, re.M)[:3] == ["invoke_0", "invoke_1", "invoke_2"]
    assert max(len(body.split("\n")) for body in text.split("\n}\n")) < 500


def test_the_header_says_what_the_file_is() -> None:
    head = compiled(small_graphs.simple_rnn("int8", steps=5)).text.split("*/")[0]
    assert "Generated by hilbench" in head
    assert f"sha256 {'0' * 64}" in head
    assert "10 FULLY_CONNECTED, 4 ADD+TANH+QUANTIZE, 2 RESHAPE" in head


@pytest.mark.parametrize("value", [float("inf"), -float("inf"), float("nan"), 1e-45, 3.4028235e38])
def test_floats_without_a_plain_literal(value: float) -> None:
    data = np.full((1, 4), value, np.float32)
    text = compiled(single_operator("ADD", [F32, Spec((1, 4), data=data)], [F32])).text
    literal = re.search(r"constant_0\[4\] WEIGHTS = \{\n    (\S+),", text)
    assert literal is not None
    assert literal[1] in {"INFINITY", "-INFINITY", "NAN", "1e-45f", "3.4028235e+38f"}


def test_the_engine_writes_what_it_says(tmp_path: Path) -> None:
    tflite = tmp_path / "rnn.tflite"
    tflite.write_bytes(small_graphs.simple_rnn("int8"))
    sources = load_engine("aot", Settings.read()).compile(tflite, BOARD, tmp_path, b"")
    (source,) = sources.sources
    text = source.read_text()
    assert sources.model_sha256 == hashing.of_file(tflite)
    assert f'engine_model[] = "{sources.model_sha256}"' in text
    assert f"static uint8_t arena[{sources.arena_bytes}]" in text
    assert str(tmp_path) not in text
    for kernel in sources.kernels:
        assert f"    {kernel}(" in text
        assert (firmware_dir() / "kernels" / f"{kernel}__ref.c").is_file()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    tflite = tmp_path / "broken.tflite"
    tflite.write_bytes(b"TFL3")
    with pytest.raises(FormatError, match=r"broken\.tflite"):
        ENGINE.compile(tflite, BOARD, tmp_path, b"")


def test_engines_are_found() -> None:
    assert engines()["aot"] is ENGINE
    with pytest.raises(UsageError, match="did you mean 'aot'"):
        load_engine("aott", Settings.read())
    assert all(ENGINE.supports(load_board(name)) for name in boards())


def test_the_fingerprint_covers_compiler_reader_and_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[Path] = []
    monkeypatch.setattr(hashing, "of_tree", lambda path, *_: hashed.append(path) or "x")
    before = ENGINE.fingerprint(BOARD)
    assert before == ENGINE.fingerprint(BOARD)
    names = {"/".join(path.parts[-2:]) for path in hashed}
    assert names == {"engines/aot", "hilbench/tflite", "firmware/kernels"}


def test_every_lowering_is_an_operator_of_the_schema() -> None:
    assert set(lowerings()) <= {*schema.BUILTIN_OPERATORS, COPY, LOOP, LSTM_STEP}
    tables = collect(ops, "OPERATORS")
    assert len(lowerings()) == sum(len(table) for table in tables)  # none claimed twice
