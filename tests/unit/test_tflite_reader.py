"""The reader of .tflite files: what it finds, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import small_graphs
from tflite_builder import Op, Spec, model, single_operator

from hilbench.core.errors import FormatError, Unsupported
from hilbench.tflite.graph import Quantization
from hilbench.tflite.opinfo import OperatorCount, matrix_macs, summary
from hilbench.tflite.reader import parse, read

FLOATS = Spec((1, 2))


def chain(*operators: Op, tensors: int = 3, outputs: tuple[int, ...] = (2,)) -> bytes:
    """A model of float tensors of the same shape; tensor 0 is its input."""
    return model([FLOATS] * tensors, operators, [0], outputs)


def test_a_fully_connected_layer() -> None:
    weights = np.arange(-3, 3, dtype=np.int8).reshape(2, 3)
    graph = parse(
        single_operator(
            "FULLY_CONNECTED",
            [
                Spec((1, 3), "int8", 0.5, -7),
                Spec((2, 3), "int8", [0.25, 0.125], [0, 0], data=weights),
                None,
            ],
            [Spec((1, 2), "int8", 2.0, 5)],
            fused_activation_function="RELU6",
            keep_num_dims=True,
        )
    )
    source, kernel, target = graph.tensors
    (operator,) = graph.operators
    assert (graph.inputs, graph.outputs) == ((0,), (2,))
    assert (operator.name, operator.inputs, operator.outputs) == (
        "FULLY_CONNECTED",
        (0, 1, -1),
        (2,),
    )
    assert operator.options == {
        "fused_activation_function": "RELU6",
        "weights_format": 0,
        "keep_num_dims": True,
        "asymmetric_quantize_inputs": False,
    }
    assert source.quantization == Quantization((0.5,), (-7,), 0)
    assert kernel.quantization == Quantization((0.25, 0.125), (0, 0), 0)
    assert (target.shape, target.dtype, target.bytes, target.data) == ((1, 2), "int8", 2, None)
    assert kernel.data is not None
    np.testing.assert_array_equal(kernel.data, weights)
    assert not kernel.data.flags.writeable


def test_options_that_the_file_leaves_out_have_their_defaults() -> None:
    graph = parse(single_operator("CONV_2D", [FLOATS], [FLOATS], stride_w=2))
    assert graph.operators[0].options["stride_w"] == 2
    assert graph.operators[0].options["dilation_h_factor"] == 1
    assert graph.operators[0].options["padding"] == "SAME"


def test_operators_beyond_the_first_127_and_unknown_to_the_engine_have_names() -> None:
    graph = parse(single_operator("STABLEHLO_CASE", [FLOATS], [FLOATS]))
    assert graph.operators[0].name == "STABLEHLO_CASE"
    assert graph.operators[0].options == {}


def test_summary_counts_operators_and_macs() -> None:
    graph = parse(small_graphs.simple_rnn("int8", steps=5, features=3, units=6))
    assert summary(graph)[0] == OperatorCount("FULLY_CONNECTED", 10, 5 * 18 + 5 * 36 + 5 * 18)
    assert matrix_macs(graph) == 360
    assert [row.count for row in summary(graph)] == [10, 5, 5, 4, 2, 1, 1]


def test_macs_of_convolutions() -> None:
    graph = parse(small_graphs.residual_cnn("float32"))
    assert matrix_macs(graph) == 36 * 4 * 9 * 2 + 36 * 4 * 9


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "identifier TFL3 is missing"),
        (b"\x00" * 64, "identifier TFL3 is missing"),
        (b"\x10\x00\x00\x00TFL3", "outside the file"),
        (single_operator("TANH", [FLOATS], [FLOATS])[:-20], "truncated or corrupt"),
    ],
)
def test_files_that_are_no_tflite(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse(data)


def test_a_missing_file_and_the_name_of_a_broken_one(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"absent\.tflite: cannot be read: No such file"):
        read(tmp_path / "absent.tflite")
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(b"not a flatbuffer")
    with pytest.raises(FormatError, match=r"^broken\.tflite: not a \.tflite file"):
        read(broken)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (chain(Op("TANH", [0], [1]), tensors=3), "graph output tensor 2 .* is never written"),
        (chain(Op("TANH", [1], [2])), "TANH reads tensor 1 .* before it is there"),
        (
            chain(Op("TANH", [1], [2]), Op("TANH", [2], [1])),
            "operator 0 TANH reads tensor 1",  # a cycle
        ),
        (
            chain(Op("TANH", [0], [2]), Op("TANH", [0], [2])),
            "operator 1 TANH sets tensor 2 .*, which already has a value",
        ),
        (chain(Op("TANH", [0], [0])), "sets tensor 0"),
        (chain(Op("TANH", [0], [9])), "there is no tensor 9"),
        (chain(Op("TANH", [-2], [2])), "there is no tensor -2"),
        (chain(Op("TANH", [0], [2]), outputs=(7,)), "graph outputs: there is no tensor 7"),
    ],
)
def test_graphs_that_cannot_run(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse(data)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (Spec((1, 3), data=np.zeros(2, np.float32)), "buffer has 8 bytes, the shape needs 12"),
        (Spec((-1, 3)), "impossible shape"),
        (Spec((1,) * 9), "impossible shape"),
        (Spec((4,), "int8", [0.5, 0.5]), "2 scales do not fit dimension 0"),
        (Spec((1, 2), "int8", [0.5, 0.5], dimension=3), "2 scales do not fit dimension 3"),
        (Spec((2,), "int8", float("nan")), "not finite"),
        (Spec((2,), "int8", -1.0), "negative"),
        (Spec((2,), "int8", 1.0, 128), "zero point is outside int8"),
    ],
)
def test_tensors_that_contradict_themselves(spec: Spec, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse(single_operator("TANH", [spec], [FLOATS]))


def test_options_of_another_operator_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from hilbench.tflite import schema

    wrong = replace(schema.OPTIONS["ADD"], number=schema.OPTIONS["MUL"].number)
    monkeypatch.setitem(schema.OPTIONS, "ADD", wrong)
    data = single_operator("ADD", [FLOATS, FLOATS], [FLOATS])
    monkeypatch.undo()
    with pytest.raises(FormatError, match="options of kind 21 belong to another operator"):
        parse(data)


def test_another_schema_version_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    from hilbench.tflite import schema

    monkeypatch.setattr(schema, "VERSION", 4)
    data = single_operator("TANH", [FLOATS], [FLOATS])
    monkeypatch.undo()
    with pytest.raises(Unsupported, match="schema version 4"):
        parse(data)
