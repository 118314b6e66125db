"""Loops that count their trips when they run, beside TensorFlow Lite Micro and numpy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import aot_host
import numpy as np
import pytest
from tflite_builder import Op, Spec, Subgraph, model

from hilbench.engines.aot.passes import flatten

INT = Spec((), "int32")
BOOL = Spec((), "bool")


def constant(*values: int, shape: tuple[int, ...] = ()) -> Spec:
    return Spec(shape, "int32", data=np.array(values, np.int32).reshape(shape))


def counted(body: Subgraph, *carried: Spec) -> bytes:
    """A graph that gives its inputs, the first a limit, to a WHILE with a counter in front."""
    n = len(carried)
    less = Op("LESS", [0, 1], [n + 2])
    condition = Subgraph([INT, INT, *carried, BOOL], [less], range(n + 2), [n + 2])
    inputs = [INT, *carried]
    specs = [*inputs, constant(0), INT, INT, *carried]
    options = {"cond_subgraph_index": 1, "body_subgraph_index": 2}
    first = n + 1
    loop = Op("WHILE", [first, *range(n + 1)], range(first + 1, first + n + 3), options)
    outputs = range(first + 3, first + n + 3)
    return model(specs, [loop], range(n + 1), outputs, condition, body)


def swapping(state: Spec) -> Subgraph:
    """a, b, c = b, a, a + c: places that are exchanged."""
    specs = [INT, INT, *[state] * 4, constant(1), INT]
    operators = [Op("ADD", [0, 6], [7]), Op("ADD", [2, 4], [5])]
    return Subgraph(specs, operators, range(5), [7, 1, 3, 2, 5])


def listing(rows: int, value: Spec) -> Subgraph:
    """list[i] = value, value = tanh(value), as the converter writes the rows of a list."""
    width = value.shape[1]
    whole = replace(value, shape=(rows, width))
    row = Spec((1,), "int32")
    specs = [INT, INT, whole, value]  # counter, limit, list, value
    specs += [constant(1), INT, row, constant(-1, shape=(1,)), Spec((2,), "int32")]  # to 8
    specs += [row, constant(0, shape=(1,)), Spec((2,), "int32"), constant(0, 0, shape=(2,))]
    specs += [constant(-1, -1, shape=(2,)), replace(value, shape=(1, 1)), value]  # 13 to 15
    specs += [whole, value, constant(1, shape=(1,))]
    operators = [
        Op("ADD", [0, 4], [5]),
        Op("RESHAPE", [0, 18], [6]),
        Op("CONCATENATION", [6, 7], [8], {"axis": 0}),
        Op("SLICE", [2, 12, 8], [14]),
        Op("RESHAPE", [5, 18], [9]),
        Op("CONCATENATION", [9, 10], [11], {"axis": 0}),
        Op("SLICE", [2, 11, 13], [15]),
        Op("CONCATENATION", [14, 3, 15], [16], {"axis": 0}),
        Op("TANH", [3], [17]),
    ]
    return Subgraph(specs, operators, range(4), [5, 1, 16, 17])


def samples(limits: range, *shapes: tuple[int, ...], dtype: str) -> list[list[np.ndarray]]:
    rng = np.random.default_rng(0)
    values = [[rng.integers(-9, 9, shape).astype(dtype) for shape in shapes] for _ in limits]
    return [[np.array(n, np.int32), *v] for n, v in zip(limits, values, strict=True)]


@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_what_trips_exchange(dtype: str, tmp_path: Path) -> None:
    """Also no trips at all; TFLM runs loops whose tensors keep their shapes."""
    scale = (0.5, 3) if dtype == "int8" else ()
    built = aot_host.build(
        counted(swapping(Spec((3,), dtype, *scale)), *[Spec((3,), dtype, *scale)] * 3), tmp_path
    )
    given = samples(range(7), (3,), (3,), (3,), dtype=dtype)
    aot_host.assert_matches(built, given)


def test_a_list_is_filled_in_its_place(tmp_path: Path) -> None:
    rows, value = 5, Spec((1, 2))
    body = listing(rows, value)
    built = aot_host.build(counted(body, Spec((rows, 2)), value), tmp_path)
    text = built.sources.sources[0].read_text()
    assert text.count("hb_update_slice(") == 1
    assert built.sources.arena_bytes < 300
    for sample, (found, last) in zip(
        given := samples(range(6), (rows, 2), (1, 2), dtype="float32"),
        built.run(given),
        strict=True,
    ):
        limit, expected, x = int(sample[0]), sample[1].copy(), sample[2]
        for n in range(limit):
            expected[n], x = x[0], np.tanh(x)
        np.testing.assert_array_equal(found[limit:], expected[limit:])
        np.testing.assert_allclose(found, expected, rtol=1e-6)
        np.testing.assert_allclose(last, x, rtol=1e-6)


def test_many_trips_compile_soon_and_give_what_few_at_a_time_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20,000 trips as a loop, and 40 both as a loop and unrolled."""
    state = Spec((3,), "int8", 0.5, 3)
    for trips in (40, 20_000):
        body = swapping(state)
        whole = model(
            [state, state, state, constant(0), constant(trips), INT, INT, state, state, state],
            [
                Op(
                    "WHILE",
                    [3, 4, 0, 1, 2],
                    [5, 6, 7, 8, 9],
                    {"cond_subgraph_index": 1, "body_subgraph_index": 2},
                )
            ],
            [0, 1, 2],
            [7, 8, 9],
            Subgraph(
                [INT, INT, state, state, state, BOOL], [Op("LESS", [0, 1], [5])], range(5), [5]
            ),
            body,
        )
        results = []
        for most in (0, 8000):
            monkeypatch.setattr(flatten, "_MAX_UNROLLED", most)
            folder = tmp_path / f"{trips}-{most}"
            folder.mkdir()
            built = aot_host.build(whole, folder)
            is_loop = "repeat_" in built.sources.sources[0].read_text()
            assert is_loop == (most == 0 or trips > 8000)
            results.append(built.run(built.random_samples(5)))
        np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_a_slice_is_written_anywhere(dtype: str, tmp_path: Path) -> None:
    for number, (shape, update) in enumerate(
        (((5,), (2,)), ((3, 4), (1, 4)), ((2, 3, 4), (2, 1, 2)), ((2, 3), (2, 3)))
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        scale = (0.1, 3) if dtype == "int8" else ()
        start = Spec((len(shape),), "int32")
        specs = [Spec(shape, dtype, *scale), Spec(update, dtype, *scale), start]
        specs.append(specs[0])
        built = aot_host.build(
            model(specs, [Op("DYNAMIC_UPDATE_SLICE", [0, 1, 2], [3])], [0, 1, 2], [3]), folder
        )
        given = built.random_samples(12)
        for n, sample in enumerate(given):
            sample[2] = (sample[2] % 5 - 1).astype(np.int32) + n % 2
        aot_host.assert_matches(built, given)


def test_lines_of_the_engine_s_own_operators_have_their_macs(tmp_path: Path) -> None:
    """Unrolled trips are operators that the file does not have; those of a loop are not counted."""
    weights = Spec((2, 2), data=np.ones((2, 2), np.float32))
    state = Spec((1, 2))
    specs = [INT, INT, state, constant(1), INT, weights, state]
    step = [Op("ADD", [0, 3], [4]), Op("FULLY_CONNECTED", [2, 5], [6])]
    body = Subgraph(specs, step, range(3), [4, 1, 6])
    for name, limit, macs in (("unrolled", constant(5), 20), ("loop", INT, None)):
        condition = Subgraph([INT, INT, state, BOOL], [Op("LESS", [0, 1], [3])], range(3), [3])
        options = {"cond_subgraph_index": 1, "body_subgraph_index": 2}
        whole = model(
            [limit, state, constant(0), INT, INT, state],
            [Op("WHILE", [2, 0, 1], [3, 4, 5], options)],
            [1] if name == "unrolled" else [0, 1],
            [5],
            condition,
            body,
        )
        (tmp_path / name).mkdir()
        lines = aot_host.build(whole, tmp_path / name).sources.operators
        known = [each.macs for each in lines if each.operator == "FULLY_CONNECTED"]
        assert known == ([macs] if macs is None else [macs // len(known)] * len(known))
