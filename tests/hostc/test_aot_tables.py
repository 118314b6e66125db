"""int8 operators that together are a function of one tensor become one table: bit by bit."""

from __future__ import annotations

from pathlib import Path

import aot_host
import numpy as np
import pytest
from tflite_builder import Op, Spec, model, single_operator

from hilbench.engines.aot.compiler import prepared
from hilbench.engines.aot.layout import smallest_layout
from hilbench.engines.aot.lower import lowerings
from hilbench.engines.aot.node import Node
from hilbench.engines.aot.passes.flatten import flatten
from hilbench.tflite.reader import parse

ALL = np.arange(-128, 128, dtype=np.int8)[None]
X = 0


def wide(scale: float, zero_point: int, elements: int = 256) -> Spec:
    return Spec((1, elements), "int8", scale, zero_point)


ONE = Spec((), "int8", 1 / 127, 0, data=np.array(127, np.int8))
SLOPE = Spec((1,), "int8", 0.01, 3, data=np.array([40], np.int8))
SOFTSIGN = [Op("ABS", [X], [1]), Op("ADD", [2, 1], [3]), Op("DIV", [X, 3], [4])]
TENSORS = [wide(0.05, 3), wide(0.05, -128), ONE, wide(0.06, -128), wide(1 / 120, 0)]


def kernels(specs: list[Spec], operators: list[Op], outputs: list[int]) -> list[str]:
    graph = prepared(flatten(parse(model(specs, operators, [X], outputs))))
    layout = smallest_layout(graph, (graph.inputs,), outside=False)
    return [call.kernel for _, call, _ in layout.kernel_calls()]


def test_softsign_written_by_hand_is_one_table() -> None:
    assert kernels(TENSORS, SOFTSIGN, [4]) == ["lut_s8"]


def test_what_somebody_else_reads_stays() -> None:
    assert kernels(TENSORS, SOFTSIGN, [4, 3])[-2:] == ["requantize_narrow_s8", "div_s8"]


def test_few_elements_are_not_worth_a_table() -> None:
    few = [spec if spec is ONE else wide(spec.scale, spec.zero_point, 8) for spec in TENSORS]
    assert "div_s8" in kernels(few, SOFTSIGN, [4])


def test_a_curve_of_many_elements_has_a_table_of_its_own() -> None:
    curve = [Op("LOGISTIC", [X], [1])]
    for elements, kernel in ((64, "tanh_s8"), (1024, "lut_s8")):
        specs = [wide(0.05, 3, elements), wide(1 / 256, -128, elements)]
        assert kernels(specs, curve, [1]) == [kernel]


SUM = [wide(0.0511, 3, 64), wide(0.0307, -7, 64), wide(0.0613, 1, 64), wide(1 / 128, 0, 64)]
GATE = [Op("ADD", [X, 1], [2]), Op("TANH", [2], [3])]


def gates(specs: list[Spec], operators: list[Op], outputs: list[int]) -> list[str]:
    graph = prepared(parse(model(specs, operators, [X, 1], outputs)))
    calls = smallest_layout(graph, (graph.inputs,), outside=False).calls
    return [call.kernel for call in calls]


def test_a_sum_that_only_a_curve_reads_is_computed_by_its_kernel() -> None:
    assert gates(SUM, GATE, [3]) == ["tanh_of_sum_s8"]
    assert gates(SUM, GATE, [3, 2]) == ["weighted_sum_narrow_s8", "tanh_s8"]


@pytest.mark.parametrize("other", [0.0003, 0.0293315])
def test_gates_that_are_not_exact_stay_where_they_are_many(tmp_path: Path, other: float) -> None:
    """Of a sum beyond 32 bits, of a curve too near to its steps. Among others they are joined, so
    that the steps of a cell stay alike."""
    specs, operators = list(SUM), list[Op]()
    for scale in (0.0613, other, 0.0613, 0.0613):
        at = len(specs)
        specs += [wide(scale, 1, 64), wide(1 / 128, 0, 64)]
        operators += [Op("ADD", [X, 1], [at]), Op("TANH", [at], [at + 1])]
    last = [operator.outputs[0] for operator in operators[1::2]]
    apart = gates(specs, operators[:4], last[:2])
    assert len(apart) == 4 and apart.count("tanh_s8") == (2 if other == 0.0003 else 1)
    assert sorted(gates(specs, operators, last)) == ["lut_of_add_s8"] + ["tanh_of_sum_s8"] * 3
    built = aot_host.build(model(specs, operators, [X, 1], last), tmp_path)
    rng = np.random.default_rng(7)
    pairs = [[rng.integers(-128, 128, (1, 64)).astype(np.int8) for _ in "ab"] for _ in range(20)]
    aot_host.assert_matches(built, pairs)


def test_joined_sums_are_what_the_wheel_says(tmp_path: Path) -> None:
    built = aot_host.build(model(SUM, GATE, [X, 1], [3]), tmp_path)
    rng = np.random.default_rng(5)
    pairs = [[rng.integers(-128, 128, (1, 64)).astype(np.int8) for _ in "ab"] for _ in range(20)]
    aot_host.assert_matches(built, pairs)


STATE = [*SUM, wide(0.00783, -1, 64)]
HIDDEN = [*GATE, Op("QUANTIZE", [3], [4])]


def test_what_alone_reads_a_curve_is_part_of_its_table(tmp_path: Path) -> None:
    """Of many elements, or where nobody else reads TANH's own table."""
    assert gates(STATE, HIDDEN, [4]) == ["tanh_of_sum_s8"]
    assert gates(STATE, HIDDEN, [4, 3]) == ["tanh_of_sum_s8", "requantize_narrow_s8"]
    other = [*STATE, wide(1 / 128, 0, 64)]
    both = [*HIDDEN, Op("TANH", [X], [5])]
    assert sorted(gates(other, both, [4, 5])) == [
        "requantize_narrow_s8", "tanh_of_sum_s8", "tanh_s8",
    ]  # fmt: skip
    falling = [*STATE[:4], wide(1 / 120, 0, 64), ONE]
    assert gates(falling, [*GATE, Op("SUB", [5, 3], [4])], [4])[0] == "tanh_of_sum_s8"
    built = aot_host.build(model(STATE, HIDDEN, [X, 1], [4]), tmp_path)
    rng = np.random.default_rng(6)
    pairs = [[rng.integers(-128, 128, (1, 64)).astype(np.int8) for _ in "ab"] for _ in range(20)]
    aot_host.assert_matches(built, pairs)


def test_a_curve_of_a_variable_that_changes_before_it_is_read_stays(tmp_path: Path) -> None:
    state = wide(0.05, 0, 64)
    specs = [wide(0.05, 3, 64), Spec((), "resource"), state, wide(1 / 128, 0, 64), state]
    specs.append(wide(0.00783, -1, 64))
    operators = [
        Op("VAR_HANDLE", [], [1], {"container": "", "shared_name": "h"}),
        Op("READ_VARIABLE", [1], [2]),
        Op("TANH", [2], [3]),
        Op("ADD", [X, 2], [4]),
        Op("ASSIGN_VARIABLE", [1, 4], []),
        Op("QUANTIZE", [3], [5]),
    ]
    found = kernels(specs, operators, [5])
    assert found[0] == "tanh_s8" and "requantize_narrow_s8" in found
    built = aot_host.build(model(specs, operators, [X], [5]), tmp_path)
    steps = [[part[None]] for part in ALL.reshape(4, 64)]
    ours, tflm = built.run(steps, stream=True), built.run_tflm(steps)
    np.testing.assert_array_equal(ours, tflm)


def test_a_function_of_two_tensors_is_none() -> None:
    operators = [Op("DIV", [X, 4], [1]), Op("MINIMUM", [1, 1], [3])]
    found = [*TENSORS[:3], TENSORS[1], wide(0.05, 7)]
    graph = prepared(parse(model(found, operators, [X, 4], [3])))
    calls = smallest_layout(graph, (graph.inputs,), outside=False).calls
    assert [call.kernel for call in calls] == ["div_s8", "minimum_s8"]


def test_a_table_is_what_its_operators_are(tmp_path: Path) -> None:
    """Every operator that a table may stand for, of all inputs, beside the wheel."""
    specs, operators, outputs = [wide(0.05, 3), ONE, SLOPE], list[Op](), list[int]()

    def then(name: str, inputs: list[int], spec: Spec, **options: str | float) -> int:
        specs.append(spec)
        operators.append(Op(name, inputs, [len(specs) - 1], options))
        return len(specs) - 1

    def ends_in(tensor: int) -> None:
        outputs.append(then("SQUARED_DIFFERENCE", [tensor, 1], wide(0.1, -120)))

    ends_in(then("LOGISTIC", [X], wide(1 / 256, -128)))
    ends_in(then("MUL", [then("TANH", [X], wide(1 / 128, 0)), X], wide(0.04, -90)))
    ends_in(then("RELU", [then("QUANTIZE", [X], wide(0.07, 10))], wide(0.05, -128)))
    ends_in(then("SUB", [X, 1], wide(0.06, 20), fused_activation_function="RELU"))
    ends_in(then("PRELU", [X, 2], wide(0.05, -10)))
    ends_in(then("MAXIMUM", [X, then("ABS", [X], wide(0.05, 3))], wide(0.05, 3)))
    ends_in(then("LEAKY_RELU", [X], wide(0.06, -40), alpha=0.2))
    ends_in(then("DIV", [1, then("HARD_SWISH", [X], wide(0.03, 5))], wide(0.08, -30)))
    whole = kernels(specs, operators, outputs)
    assert whole == ["lut_s8"] * len(outputs)
    built = aot_host.build(model(specs, operators, [X], outputs), tmp_path)
    aot_host.assert_matches(built, [[ALL]])


@pytest.mark.parametrize(
    ("name", "options", "ends", "expected"),
    [
        ("SQRT", {}, ((0.0123, -128), (0.00694, -128)), {-128: -128, -127: -113, -124: -97}),
        ("GELU", {}, ((0.03, -10), (0.02, -100)), {-99: -101, -35: -108}),
        ("GELU", {"approximate": True}, ((0.03, -10), (0.02, -100)), {-99: -100, -35: -109}),
    ],
)
def test_what_tensorflow_lite_alone_has_in_int8_is_its_table(
    name: str, options: dict[str, bool], ends: tuple[tuple[float, int], ...], expected: dict
) -> None:
    """SQRT is rounded down there, and GELU has two forms: values of TensorFlow 2.21."""
    source, out = (Spec((1, 8), "int8", *end) for end in ends)
    graph = parse(single_operator(name, [source], [out], **options))
    found = lowerings()[name](Node(graph, graph.operators[0]))
    assert {x: int(found.outputs_s8(np.array(x))) for x in expected} == expected


def test_a_sum_with_a_number_is_a_function_of_one_tensor(tmp_path: Path) -> None:
    """Of either operand, whatever its shape: a table where its sums leave 32 bits."""
    other = wide(0.0407, 9, 64)
    constants = [
        Spec((), "int8", 0.013, 5, data=np.array(-77, np.int8)),
        Spec((1, 64), "int8", 0.013, 5, data=np.full((1, 64), 101, np.int8)),
        Spec((1, 1), "int8", 0.0203, -4, data=np.full((1, 1), -3, np.int8)),
    ]
    specs, operators = [wide(0.0203, -4, 64), *constants], list[Op]()

    def put(name: str, inputs: list[int], spec: Spec, activation: str = "NONE") -> None:
        specs.append(spec)
        options = {"fused_activation_function": activation}
        operators.append(Op(name, inputs, [len(specs) - 1], options))

    for name in ("ADD", "SUB"):
        put(name, [X, 1], other)
        put(name, [2, X], other)
    put("SUB", [1, X], wide(0.003, 100, 64))
    put("ADD", [X, 3], wide(0.0406, 0, 64))  # ties, away from zero on either side
    put("ADD", [X, 1], wide(0.001, 0, 64))
    put("SUB", [1, X], other, "RELU")
    outputs = [operator.outputs[0] for operator in operators]
    found = kernels(specs, operators, outputs)
    assert found == ["requantize_narrow_s8"] * 6 + ["lut_s8", "weighted_sum_s8"]
    built = aot_host.build(model(specs, operators, [X], outputs), tmp_path)
    aot_host.assert_matches(built, [[part[None]] for part in ALL.reshape(4, 64)])


@pytest.mark.parametrize(("activation", "few"), [("NONE", "mul_rounded_s8"), ("RELU6", "mul_s8")])
def test_a_product_with_a_number_has_no_strides(tmp_path: Path, activation: str, few: str) -> None:
    """Of few elements the number is written out, of many the product is a table."""
    number = Spec((1,), "int8", 0.0131, 5, data=np.array([101], np.int8))
    for elements, kernel in ((64, few), (1024, "lut_s8")):
        specs = [wide(0.0511, 3, elements), number, wide(0.0307, -7, elements)]
        options = {"fused_activation_function": activation}
        for inputs in ([X, 1], [1, X]):
            product = [Op("MUL", inputs, [2], options)]
            assert kernels(specs, product, [2]) == [kernel]
            built = aot_host.build(model(specs, product, [X], [2]), tmp_path)
            aot_host.assert_matches(built, [[np.resize(ALL, (1, elements))]])
