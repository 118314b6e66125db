"""Each cell beside a plain transcription of its paper's equations, and its closed forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hilbench.config.project import load_experiment
from hilbench.sources.keras import catalogue
from hilbench.sources.keras.cells.base import Cell
from hilbench.sources.keras.cells.table import CELLS
from hilbench.sources.keras.families import cells as family

Array = np.ndarray
W = Mapping[str, Array]
M, N, STEPS = 3, 8, 5


def sigma(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def soft(x: Array) -> Array:
    return x / (1 + np.abs(x))


OPS = SimpleNamespace(
    matmul=np.matmul, sigmoid=sigma, tanh=np.tanh, relu=lambda x: np.maximum(x, 0), softsign=soft
)


def joined(w: W, gate: str, h: Array, x: Array) -> Array:
    """W [h, x] + b with one matrix (n, n + m), as papers write it."""
    matrix = np.concatenate([w[f"u{gate}"], w[f"w{gate}"]]).T
    return matrix @ np.concatenate([h, x]) + w[f"b{gate}"]


def mgu(w: W, x: Array, h: Array) -> Array:
    f = sigma(joined(w, "f", h, x))
    return (1 - f) * h + f * np.tanh(joined(w, "c", f * h, x))


def old_and_new(w: W, x: Array, h: Array, gate: str, act: Callable[[Array], Array]) -> Array:
    z = sigma(joined(w, gate, h, x) + (1 if gate == "g" else 0))
    return z * h + (1 - z) * act(joined(w, "c", h, x))


def fastgrnn(w: W, x: Array, h: Array) -> Array:
    wide = w["w"] if "w" in w else w["w1"] @ w["w2"]
    deep = w["u"] if "u" in w else w["u1"] @ w["u2"]
    z = sigma(wide.T @ x + deep.T @ h + w["bz"])
    candidate = np.tanh(wide.T @ x + deep.T @ h + w["bc"])
    return (sigma(w["zeta"]) * (1 - z) + sigma(w["nu"])) * candidate + z * h


def fastrnn(w: W, x: Array, h: Array) -> Array:
    return sigma(w["alpha"]) * np.tanh(w["w"].T @ x + w["u"].T @ h + w["b"]) + sigma(w["beta"]) * h


def min_gru(w: W, x: Array, h: Array) -> Array:
    z = sigma(w["wz"].T @ x + w["bz"])
    return (1 - z) * h + z * (w["wc"].T @ x + w["bc"])


def egru(w: W, x: Array, h: Array) -> Array:
    z = (soft(joined(w, "z", h, x)) + 1) / 2
    return (1 - z) * h + z * soft(joined(w, "c", h, x))


def tiny_eats(w: W, x: Array, h: Array) -> Array:
    z, r = ((soft(joined(w, gate, h, x)) + 1) / 2 for gate in "zr")
    return (1 - z) * h + z * soft(joined(w, "c", r * h, x))


def lstm(w: W, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
    peephole = {gate: w.get(f"p{gate}", 0) for gate in "fio"}
    f, i = (sigma(joined(w, g, h, x) + peephole[g] * c) for g in "fi")
    new = f * c + i * np.tanh(joined(w, "g", h, x))
    out = sigma(joined(w, "o", h, x) + peephole["o"] * new) * np.tanh(new)
    return (w["p"].T @ out if "p" in w else out), new


TRANSCRIBED: dict[str, Callable[..., object]] = {
    "mgu": mgu,
    "ugrnn": lambda w, x, h: old_and_new(w, x, h, "g", np.tanh),
    "sitgru": lambda w, x, h: old_and_new(w, x, h, "z", sigma),
    "li_gru": lambda w, x, h: old_and_new(w, x, h, "z", OPS.relu),
    "fastrnn": fastrnn,
    "fastgrnn": fastgrnn,
    "fastgrnn_low_rank": fastgrnn,
    "min_gru": min_gru,
    "egru": egru,
    "tiny_eats_gru": tiny_eats,
    "lstm_peephole": lstm,
    "lstm_projection": lstm,
}


def weights(cell: Cell, rng: np.random.Generator) -> dict[str, Array]:
    return {name: rng.normal(size=shape) for name, shape in cell.weights(M, N).items()}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_its_equations(name: str) -> None:
    cell, rng = CELLS[name], np.random.default_rng(0)
    w = weights(cell, rng)
    states = [np.zeros((1, size)) for size in cell.states(N)]
    plain = [state[0] for state in states]
    for x in rng.normal(size=(STEPS, 1, M)):
        states = list(cell.step(OPS, w, x, states))
        found = TRANSCRIBED[name](w, x[0], *plain)
        plain = list(found) if isinstance(found, tuple) else [found]  # type: ignore[list-item]
        for one, other in zip(states, plain, strict=True):
            np.testing.assert_allclose(one[0], other, rtol=1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_closed_forms_are_those_of_the_weights(name: str) -> None:
    cell = CELLS[name]
    for m, n in ((M, N), (16, 40), (1, 4)):
        shapes = cell.weights(m, n).values()
        assert cell.parameters(m, n) == sum(prod(shape) for shape in shapes)
        assert cell.macs(m, n) == sum(prod(shape) for shape in shapes if len(shape) == 2)


def test_the_experiment_has_every_cell_at_about_equal_parameters() -> None:
    rows = {name: row for name, row in catalogue.models().items() if row.family == "cells"}
    assert set(load_experiment("cells")[1].model_names) == set(rows)
    head = {f"cell_{name}": CELLS[name].states(row.units)[0] for name, row in
            ((n.removeprefix("cell_"), r) for n, r in rows.items()) if name in CELLS}  # fmt: skip
    for name, row in rows.items():
        outputs = head.get(name, getattr(row, "units", 0))
        alone = row.counts().parameters - (outputs + 1) * family.FEATURES
        assert abs(alone / family.BUDGET - 1) < 0.04, (name, alone)


def test_the_page_has_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "cells.md"
    assert f"\n{family.markdown()}\n" in page.read_text(encoding="utf-8")
