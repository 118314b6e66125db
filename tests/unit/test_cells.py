"""Each cell beside a plain transcription of its paper's equations, and its closed forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from cell_equations import OPS, STEPS, TRANSCRIBED, Array, M, N, W

from hilbench.config.project import load_experiment
from hilbench.core import extras
from hilbench.core.errors import UsageError
from hilbench.pipeline import skipping
from hilbench.record import store
from hilbench.sources.keras import catalogue, options
from hilbench.sources.keras.cells import base
from hilbench.sources.keras.cells import lmu as lmu_cell
from hilbench.sources.keras.cells.base import Cell, ops
from hilbench.sources.keras.cells.table import CELLS
from hilbench.sources.keras.families import cells as family
from hilbench.tflite import opinfo, reader
from hilbench.tflite.graph import Graph


def weights(cell: Cell, rng: np.random.Generator) -> dict[str, Array]:
    return {name: rng.normal(size=shape) for name, shape in cell.weights(M, N).items()}


def test_cells_are_their_equations() -> None:
    """Several steps in numpy, against a second writing of each paper's equations."""
    assert set(TRANSCRIBED) == set(CELLS)
    for name, cell in CELLS.items():
        rng = np.random.default_rng(0)
        w = weights(cell, rng)
        states = [np.zeros((1, size)) for size in cell.states(M, N)]
        plain = [state[0] for state in states]
        for x in rng.normal(size=(STEPS, 1, M)):
            states = list(cell.step(OPS, w, x, states))
            found = TRANSCRIBED[name](w, x[0], *plain)
            plain = list(found) if isinstance(found, tuple) else [found]  # type: ignore[list-item]
            for one, other in zip(states, plain, strict=True):
                np.testing.assert_allclose(one[0], other, rtol=1e-12, err_msg=name)


def test_the_cell_of_the_page_is_one() -> None:
    """docs/adding-a-cell.md: its equation, and its closed form of parameters."""
    page = Path(__file__).parents[2] / "docs" / "adding-a-cell.md"
    code = page.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    found: dict[str, Any] = {}
    exec(compile(code, str(page), "exec"), found)
    cell, rng = found["CELL"], np.random.default_rng(0)
    w, x, h = weights(cell, rng), rng.normal(size=(1, M)), rng.normal(size=(1, N))
    assert sum(map(np.size, w.values())) == cell.parameters(M, N)
    (after,) = cell.step(OPS, w, x, [h])
    np.testing.assert_allclose(after, np.maximum(x @ w["w"] + w["u"] * h + w["b"], 0))


def test_the_memory_of_lmu_is_a_delay_line() -> None:
    """What was given a window of steps ago comes out of it: the sum of its Legendre terms.

    A held value stands for the middle of its step."""
    a, b = lmu_cell.held(12)
    times = np.arange(100)
    memory, found = np.zeros(12), []
    for value in np.sin(times / 5):
        memory = a @ memory + b[:, 0] * value
        found.append(memory.sum())
    wanted = np.sin((times - lmu_cell.WINDOW + 0.5) / 5)
    np.testing.assert_allclose(found[60:], wanted[60:], atol=0.01)


@pytest.mark.keras
def test_converted_steps_are_the_equations_and_count_as_the_closed_forms() -> None:
    """One file holds a step of every cell; an output's operators are those of its cell."""
    tf, rng = extras.tensorflow(), np.random.default_rng(1)
    held = {name: weights(cell, rng) for name, cell in CELLS.items()}
    given = [rng.normal(size=(1, M))]
    given += [rng.normal(size=(1, s)) for cell in CELLS.values() for s in cell.states(M, N)]

    def steps(*tensors: Array) -> list[Array]:
        x, rest, found = tensors[0], iter(tensors[1:]), []
        for name, cell in CELLS.items():
            w = {key: tf.constant(value, tf.float32) for key, value in held[name].items()}
            states = [next(rest) for _ in cell.states(M, N)]
            found.append(cell.step(ops(tf), w, x, states)[0])
        return found

    signature = [tf.TensorSpec(each.shape, tf.float32) for each in given]
    function = tf.function(steps, autograph=False).get_concrete_function(*signature)
    outputs = function(*[tf.constant(each, tf.float32) for each in given])
    content = tf.lite.TFLiteConverter.from_concrete_functions([function]).convert()
    graph, rest = reader.parse(content), iter(given[1:])
    for (name, cell), output, tensor in zip(CELLS.items(), outputs, graph.outputs, strict=True):
        plain = [next(rest)[0] for _ in cell.states(M, N)]
        found = TRANSCRIBED[name](held[name], given[0][0], *plain)
        wanted = found[0] if isinstance(found, tuple) else found
        np.testing.assert_allclose(output.numpy()[0], wanted, atol=2e-6, rtol=1e-5, err_msg=name)
        assert sum(macs_behind(graph, tensor)) == cell.macs(M, N), name


def macs_behind(graph: Graph, tensor: int) -> list[int]:
    """Of every operator that a tensor is computed from."""
    made = {operator.outputs[0]: operator for operator in graph.operators}
    waiting, behind = [tensor], {}
    while waiting:
        operator = made.get(waiting.pop())
        if operator is not None and operator.outputs[0] not in behind:
            behind[operator.outputs[0]] = opinfo.operator_macs(graph, operator)
            waiting += operator.inputs
    return list(behind.values())


def named(cell: Cell, width: int, arrays: Sequence[Array]) -> tuple[W, Sequence[Array]]:
    """The weights of one layer in one direction by the names of the equations, and the rest."""
    if not cell.keras:
        fixed = cell.fixed(width, N)  # which Keras has behind those that are trained
        names = sorted(cell.weights(width, N), key=lambda name: name in fixed)
        return dict(zip(names, arrays, strict=False)), arrays[len(names) :]
    gates = {"SimpleRNN": "h", "LSTM": "ifgo", "GRU": "zrc"}[cell.keras]
    whole = dict(zip("wub", arrays, strict=False))
    if cell.keras == "GRU":
        whole["b"], whole["d"] = whole["b"]
    parts = {
        key + gate: part
        for key, array in whole.items()
        for gate, part in zip(gates, np.split(array, len(gates), axis=-1), strict=True)
    }
    return parts, arrays[3:]


def predicted(spec: family.CellSpec, arrays: Sequence[Array], x: Array) -> Array:
    """Of a sequence `x` (steps, features), by the transcriptions alone."""
    cell, sequence = CELLS[spec.cell], x
    for layer in range(spec.layers):
        found = []
        for turn in range(spec.directions):
            w, arrays = named(cell, sequence.shape[1], arrays)
            states = [np.zeros(size) for size in cell.states(sequence.shape[1], N)]
            seen = []
            for step in sequence[:: 1 - 2 * turn]:
                new = TRANSCRIBED[spec.cell](w, step, *states)
                states = list(new) if isinstance(new, tuple) else [new]  # type: ignore[list-item]
                seen.append(states[0])
            last = layer == spec.layers - 1 and not spec.each_step
            found.append(np.stack(seen[-1:] if last else seen[:: 1 - 2 * turn]))
        sequence = np.concatenate(found, axis=1)
    logits = sequence @ arrays[0] + arrays[1]
    if not spec.classes:
        return logits
    exps = np.exp(logits)
    return exps / exps.sum()


FORMS = {
    "lstm": {"layers": 2, "directions": 2, "classes": 5},
    "qrnn": {"layers": 2, "directions": 2},
    "lstm_projection": {"layers": 2, "values": 3},
    "gru": {"directions": 2, "values": 1},
}
"""Stacked, in both directions, with an output at the end or at each step."""


@pytest.mark.keras
@pytest.mark.parametrize("name", FORMS)
def test_layers_directions_and_tasks_are_the_equations(name: str) -> None:
    spec = replace(catalogue.find(f"cell_{name}"), units=N, steps=3, features=M, **FORMS[name])
    assert isinstance(spec, family.CellSpec)
    model, rng = spec.build(extras.keras(), export=True), np.random.default_rng(3)
    arrays = [rng.normal(size=w.shape) for w in model.get_weights()]
    model.set_weights(arrays)
    x = rng.normal(size=(1, 3, M))
    found = model(x).numpy()[0]
    np.testing.assert_allclose(found, predicted(spec, arrays, x[0]).reshape(found.shape), atol=1e-5)


def test_rows_of_streams_count_as_the_closed_forms() -> None:
    """`macs` of a row are counted from its .tflite."""
    reference = Path(__file__).parents[2] / "results" / "reference"
    alone = [reference / f"{name}.csv" for name in ("cells", "streaming")]
    paths = [*(reference / "cells").glob("*.csv"), *alone]
    rows = [row for path in paths for row in store.read(path) if "options" in row]
    assert {str(row["base_model"]).removeprefix("cell_") for row in rows} >= set(CELLS)
    for row in rows:
        if str(row["base_model"]).startswith("cell_"):
            given = dict(option.split() for option in str(row["options"]).split(", "))
            spec = catalogue.find(str(row["base_model"]))
            made = options.applied(spec, {k: int(v) for k, v in given.items()}, "mine")
            counts = made.counts()
            assert (counts.parameters, counts.macs) == (row["parameters"], row["macs"]), row.job


@pytest.mark.keras
def test_layers_directions_and_tasks_have_the_parameters_of_the_closed_form() -> None:
    keras = extras.keras()
    for name, changes in {
        **FORMS,
        "lmu": {"stream": 1, "classes": 4},
        "conv_lstm": {"stream": 1},
        "mgu": {"hard": 1},
    }.items():
        spec = replace(catalogue.find(f"cell_{name}"), units=N, steps=3, features=M, **changes)
        exported = spec.build(keras, export=True)
        assert exported.count_params() == spec.counts().parameters, name
        assert exported.input_shape[1:] == spec.invocation_shape
        assert exported.output_shape[1:] == spec.output_shape
        trained = spec.build(keras, export=False)
        assert [w.shape for w in trained.get_weights()] == [w.shape for w in exported.get_weights()]


@pytest.mark.keras
def test_hard_functions_are_piecewise_linear_in_a_layer_of_any_cell() -> None:
    keras, tf = extras.keras(), extras.tensorflow()
    x, hard = np.linspace(-5, 5, 41, dtype=np.float32), base.hard_ops(tf)
    np.testing.assert_allclose(hard.sigmoid(x), np.clip(x / 6 + 0.5, 0, 1), atol=1e-6)
    np.testing.assert_allclose(hard.tanh(x), np.clip(x, -1, 1))
    np.testing.assert_allclose(hard.softsign(x), np.clip(x, -1, 1))
    options = {"units": 1, "steps": 1, "features": 1, "values": 1, "hard": 1}
    model = replace(catalogue.find("cell_simple_rnn"), **options).build(keras, export=False)
    model.set_weights([np.ones(w.shape) for w in model.get_weights()])
    assert model(np.full((1, 1, 1), 0.5)).numpy() == 2  # 1 of the cell, and a bias


@pytest.mark.keras
def test_training_sees_what_int8_leaves_of_inputs_and_states() -> None:
    """The exported network has the same weights, and no rounding."""
    keras, tf = extras.keras(), extras.tensorflow()
    given = {"units": 4, "steps": 3, "features": 2, "values": 1}
    spec = options.applied(catalogue.find("cell_gru"), {**given, "rounded": 1}, "t")
    trained, exported = (spec.build(keras, export=export) for export in (False, True))
    trained.set_weights(exported.get_weights())
    x = np.random.default_rng(0).normal(size=(1, 3, 2)).astype(np.float32)
    difference = np.abs(trained(x) - exported(x)).max()
    assert 1e-6 < difference < 0.02
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(trained(x))
    assert all(np.abs(g).max() > 0 for g in tape.gradient(loss, trained.trainable_variables)[:2])
    again = type(trained.layers[1]).from_config(trained.layers[1].get_config())
    assert again.cell.cell.units == 4


def test_what_cannot_be_is_refused_by_name() -> None:
    spec = catalogue.find("cell_mgu")
    for given, said in (
        ({"directions": 3}, "1 or 2"),
        ({"directions": 2, "stream": 1}, "a stream"),
        ({"classes": 2, "values": 1}, "give one"),
    ):
        with pytest.raises(UsageError, match=said):
            options.applied(spec, given, "mine")


def test_closed_forms_of_parameters_are_those_of_the_weights() -> None:
    for name, cell in CELLS.items():
        for m, n in ((M, N), (16, 40), (1, 4)):
            shapes = cell.weights(m, n).values()
            assert cell.parameters(m, n) == sum(prod(shape) for shape in shapes), (name, m, n)


def test_closed_forms_of_activations_are_what_a_step_evaluates() -> None:
    """Of the gates' scalars (FastGRNN's zeta) there is nothing to evaluate: they are constants."""

    def counting(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
        def counted(x: Array) -> Array:
            sizes.append(x.size if x.ndim > 1 else 0)
            return function(x)

        return counted

    named = ("sigmoid", "tanh", "relu", "softsign")
    ops = SimpleNamespace(**{**vars(OPS), **{k: counting(getattr(OPS, k)) for k in named}})
    for name, cell in CELLS.items():
        sizes: list[int] = []
        states = [np.zeros((1, size)) for size in cell.states(M, N)]
        cell.step(ops, weights(cell, np.random.default_rng(2)), np.ones((1, M)), states)
        assert sum(sizes) == cell.activations(M, N), name


def test_the_experiment_has_every_cell_at_about_equal_parameters() -> None:
    rows = {name: row for name, row in catalogue.models().items() if row.family == "cells"}
    by_task: dict[str, list[str]] = {}
    for entry in load_experiment("cells")[1].models:
        by_task.setdefault(entry.tags[0], []).append(entry.model)
        width, units = (int(str(entry.options[key])) for key in ("features", "units"))
        assert units == family.units_for(CELLS[entry.model.removeprefix("cell_")], width, 1000)
    assert [set(models) for models in by_task.values()] == 3 * [set(rows)]
    for name, row in rows.items():
        assert isinstance(row, family.CellSpec)
        outputs = CELLS[row.cell].states(family.FEATURES, row.units)[0]
        alone = row.counts().parameters - (outputs + 1) * family.FEATURES
        assert abs(alone / family.BUDGET - 1) < 0.06, (name, alone)


def test_the_page_has_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "cells.md"
    assert f"\n{family.markdown()}\n" in page.read_text(encoding="utf-8")


@pytest.mark.keras
def test_a_li_gru_trained_with_batch_normalisation_is_the_same_without() -> None:
    keras = extras.keras()
    given = {"units": 5, "steps": 4, "features": 3, "classes": 2, "layers": 2}
    spec = options.applied(catalogue.find("cell_li_gru"), given, "t")
    trained, exported = (spec.build(keras, export=export) for export in (False, True))
    x = np.random.default_rng(0).normal(3, 2, (64, 4, 3)).astype(np.float32)
    trained.compile("adam", loss=spec.loss)
    trained.fit(x, np.arange(64) % 2, epochs=3, verbose=0)
    spec.hand_over(trained, exported)
    for each in x[:4, None]:
        np.testing.assert_allclose(exported(each), trained(each, training=False), atol=1e-5)
    names = {layer.__class__.__name__ for layer in exported.layers}
    assert "BatchNormalization" not in names
    assert exported.count_params() == spec.counts().parameters


@pytest.mark.keras
def test_a_step_that_moves_too_little_is_skipped_and_counted() -> None:
    keras = extras.keras()
    given = {"units": 4, "steps": 5, "features": 2, "classes": 2, "delta": 100}
    spec = options.applied(catalogue.find("cell_gru"), given, "t")
    model = spec.build(keras, export=True)
    x = np.array([[[0.5, 0.1], [0.55, 0.05], [0.9, 0.1], [0.85, 0.1], [0.85, 0.3]]], np.float32)
    plain = options.applied(catalogue.find("cell_gru"), {**given, "steps": 3, "delta": 1}, "p")
    short = plain.build(keras, export=True)
    short.set_weights(model.get_weights())
    np.testing.assert_allclose(model(x), short(x[:, [0, 2, 4]]), atol=1e-6)
    again = type(model.layers[1]).from_config(model.layers[1].get_config())
    assert (again.cell.least, again.cell.features, again.cell.cell.units) == (0.1, 2, 4)
    assert skipping.still(x, 1, spec.least_move) == 0.4
    steps = np.concatenate([x, x]).reshape(10, 1, 1, 2)  # of a stream: two sequences
    assert skipping.still(steps, 5, spec.least_move) == 0.4
    assert "one layer" in str(replace(spec, layers=2).refusal())


@pytest.mark.keras
def test_a_threshold_is_quantized_whatever_inputs_reach() -> None:
    """No tensor that is always zero: its scale was a ten-millionth of those that it met."""
    tf, keras = extras.tensorflow(), extras.keras()
    spec = options.applied(catalogue.find("cell_gru"), {"units": 4, "features": 2, "delta": 9}, "t")
    cell = spec.build(keras, export=True).layers[1].cell
    rng = np.random.default_rng(0)
    given = ([40 * rng.normal(size=(1, n)).astype(np.float32) for n in (2, 4, 2)] for _ in range(9))
    step = tf.function(lambda x, state, last: cell(x, [state, last])[1], autograph=False)
    signature = [tf.TensorSpec((1, size), tf.float32) for size in (2, 4, 2)]
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [step.get_concrete_function(*signature)]
    )
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: given
    graph = reader.parse(converter.convert())
    scales = [s for t in graph.tensors if t.quantization for s in t.quantization.scales]
    assert len(scales) > 20 and min(scales) > 1e-6
